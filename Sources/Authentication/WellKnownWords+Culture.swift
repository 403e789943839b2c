extension WellKnownWords {
    /// Base words: what people type first, faith, films, music and games.
    static let culture: StaticString = """
        aaa aaaa abbey abc abcabc abcd abcde abcdef access accessme account accounts acts admin
        adminadmin administrator admins adult airforce akbar alhamdulillah alive allah allahu
        allahuakbar alleluia allow alwaysandforever amazing amen angelbaby angeleyes angelface
        angelgabriel angels anglican anybody anything apostle archangel archbishop army arse
        arsehole asdf asdfg asdfgh asdfghjkl ass asshole atheist aunt auntie aunty awesome axe
        azerty babe babes baby babyboy babycakes babydoll babyface babygirl bad badboy baddie
        badgirl baptist baruch bastard bbb beast beautiful beauty believe bestfriend bestfriends
        besties better bff bible bigboobs bigdick bismillah bitch bitches bless blessed blessing
        blessings bloke blood bloody bollocks bomb bomber bonjour boo boobies booboo boobs booty
        boss bossman bossy boy boybaby boyfriend boys brahma bride brilliant bro broken brokenheart
        brother brothers bruv bubble buddha buddhism buddhist bugger buggeroff bullet bullets
        bullshit bum butt butthead bye byebye cardinal cathedral catholic change changeit changeme
        changemenow changethis chapel chav chavvy cheers child children christianity christians
        chronicles chum churches ciao cock cocksucker colossians commando convent cool coolguy
        coolio coolkid corinthians courage cousin cousins crap crazy crazycat crazyfrog cuddle
        cuddles cunt curate cute cutie cutiepie dad daddy dads dagger damn damnit daughter daughters
        dead dear dearest death default defaults demo demon destiny deuteronomy devil dharma
        dickhead die difficult dildo disciple disciples dork dracula dream dreamer dreamers dreaming
        dreamland dreams druid dude dudes durga dying easy easypeasy eeyore eidi elf elves emo
        energy enter enterme entry ephesians eternal eternity evangelical everyone everything evil
        example excellent excuseme exodus ezekiel fab fabulous fairies fairy fairytale faithful
        families family fanny fantastic fart fast faster fastest fatboy fate father fathergod fatty
        fiance fight fighter fighting force foreverandever foreverfriends forevermore foreveryoung
        frankenstein freak free freedom friend friendly friends friendship fuck fucker fucking
        fuckit fuckme fuckoff fuckthis fuckyou fun funfun funny galatians game gameover gamer games
        gaming ganesha gangsta gangster garbage gate geek genesis gentleman ghost ghostbusters
        ghosts giant giggle giggles giggly girl girlfriend girlpower girls girly goblin god goddess
        godfather goodboy goodbye goodgirl goodluck goodtimes goodvibes gorgeous gospel goth gran
        grandad grandma grandpa grandparents granny great greatest groom grownup guests gun gunner
        guns gurdwara gurunanak hack hacked hacker hackme hailmary hajj hallelujah handsome hanuman
        happiness happy happyday happydays happyface happyfeet happyhour hard hashem heartbeat
        heartbreaker heartless heathen heaven heavenly heavenlyfather hebrews hell hellfire hello
        hellokitty helloo hellothere helloworld hellyeah helmet hero heroes hey heythere hidden
        hideme hindu hinduism hippie hippy hipster hiya hiyall hola holy holyghost holyspirit
        honeybee honeybunch hopeful hopeless hopes hosea hot hotchick hotstuff hottie hubby hug hugs
        hugsandkisses hun hunk hunny husband idiot ihatepasswords ihateschool ihatethis ihateu
        ihatework ihateyou ilovechocolate ilovefootball ilovegod iloveher ilovehim ilovejesus
        ilovelife iloveme ilovemycat ilovemydad ilovemydog ilovemymum iloveu iloveyou iluvu iluvyou
        imam incredible insane insha inshallah install islam islamic iwillalwaysloveyou jehovah
        jeremiah jesuschrist jesusislord jesuslovesyou jesussaves jewish judaism judges justice
        karma key keyholder keyword khalsa kid kiddo kids kill killer kingdom kingkong kings kiss
        kisses kissme kissmyass knights knob knobhead konnichiwa koran lad ladies lads ladybug ladz
        lakshmi laugh laughing laughter leet legend legendary legends letmein letmeinnow
        letmeinplease leviticus liberty life lifeisbeautiful lifeisgood lifes lifetime live
        livelaughlove livelife living lkjhgfdsa locked lockme login logon logout lordismyshepherd
        lordjesus lordy loser losers love lovebug loved loveheart lovelife lovelove lovely
        lovelylady loveme lover lovers loves loveu loveyou loveyoulots lucifer luck luckycharm
        luckyone luckyseven luv luvu luvya mad madam madina madinah madness mafia magic magical
        magician magnificent makkah mama manage manager mandir marine marines marvellous marymother
        mashallah masjid master masterkey mate mates matey maytheforcebewithyou mecca mental
        mermaids methodist minger missile missus mister mistress mnbvcxz mod mom mommy monastery
        monster monsters mormon moron mosque mother motherfucker mothers mum mummy mums munter
        muppet murder muslim muslims mylife mypass mypassword namaskar namaste nanny naughty
        nehemiah nephew nerd newbie newpassword nicety niece nightmare ninja ninjas nirvana nob
        nobody nolife none nonsense noob noone nopassword nothing null numpty nun nutter ogre
        oldlady oldman oldpassword omnamahshivaya open opens opensesame openup orthodox ourlady
        pagan pal papa paratrooper pardon partner pass passcode passe passkey passme passphrase
        passport passw passwd password passwordis passwords passworld pastor peace peaceful peaceout
        pentecostal philippians pillock pimp pirate pirates piss pissed pissoff player please
        plonker poiuy poiuytrewq poo pooface pooh poohbear poop poopy porn powerful praise
        praisethelord prat pray prayer prayers praying presbyterian pretty prettygirl prick priest
        princesses princey private pro prophet protestant proverbs psalm psycho public punk pussy
        qazwsx qazxsw quaker queen queenbee quran qwert qwerty qwertyu qwertyuiop qwertz rabbi rama
        random rector reset resetme revelation reverend rifle rocker romans rootroot royal
        royalmarines royalnavy royalty rubbish sacredheart sad sadness saint salaam salvationarmy
        sample samurai satan satnam secret secretpassword secrets secure security securitypass setup
        sex sexual sexy sexybitch sexyboy sexygirl sexylady shalom shield shit shithead shitty shiva
        signin signon signup sikh sikhism silly sillybilly simple simples singhisking sir sis sister
        sisters sita skank slag slow slut smile smiles smiley smileyface sniper snuggle snugglebug
        sod sodit sodoff soldier soldiers somebody someone something son sons sorry soul souls speed
        speedy spell spirit spiritual steady stgeorge stjohn stmary stpatrick stpaul stpeter
        strength stupid subhanallah superuser sweetdreams sweetheart sword swords synagogue sysadmin
        sysop system tank tanks teddybear teddybears teen teenager temp temple temporary temppass
        tester testtest thanks thankyou thankyouverymuch thepassword thessalonians thug tit tits
        titty toddler toor torah tosser tramp trash troll trustme trustno trustnoone turd twat twin
        twins twit umrah uncle unlock user userid username users vampire vampires vicar villain
        virginmary vishnu visitor waheguru wank wanker war warfare warrior warriors weapon wee
        weewee weird weirdo welcome welcomeback welcomehome welcomes werewolf whatever whatsoever
        whore wicca wiener wife wifey willy winniethepooh wish wishes wishing witch witches wizard
        wizards wonder wonderful wonderland wonderwall wonderwoman wsxedc xxx xxxx xyz youth
        zechariah zen zombie zombies zxcv zxcvb zxcvbn zxcvbnm zzz

        abba abbeyroad abfab absolutelyfabulous abu accordion acdc acespades achilles actionman
        addamsfamily adoptme aerosmith ageofempires aladdin albertsquare alexandraburke
        aliceinwonderland alohomora americanidiot amongus amywinehouse anakin angelbuffy angrybirds
        animalfarm annielennox antanddec antman aphrodite apprentice aquaman aragorn ares
        arethafranklin arianagrande aristocats armybts arnie artemis aryastark ashketchum aslan
        assassinscreed atomic atomickitten atticusfinch austen autobot avatar avengers avicii
        axlrose azkaban babyspice babyyoda bach backgammon backinblack backstreetboys
        backtothefuture badguy badromance baggins bagheera bagpipes bakeoff bakerstreet baldrick
        baloo bambi bananaman banjo barbie bartsimpson bassguitar batman batmobile battlefield
        bauble baymax beachboys beanie beastieboys beatles beatrixpotter beautyandthebeast beegees
        beethoven beetlejuice belieber bellaswan bender beowulf beyblade beyonce bfg bfive
        bigbrother bigears biggie bighero bigherosix bilbo billieeilish billiejean billyelliot
        billyjoel bing bingbong blackadder blackbooks blackjack blackops blackpanther blackpearl
        blackpink blacksabbath blackwidow bladerunner blairwitch bleach blinkoneeightytwo blitzen
        bloodborne bluepeter blur bobafett bobbins bobdylan bobmarley bobthebuilder boggle
        bohemianrhapsody bongo bonjovi borg borntorun bowser boygeorge boyzone brahms bratz brave
        braveheart breakingbad brianmay bridgerton bridgetjones britainsgottalent britishbakeoff
        britneyspears brontes brucebanner brucespringsteen brucewayne brunomars bts buckaroo
        buckbeak buddytheelf buffy bugsbunny bulbasaur busted butterbeer buzz buzzlightyear cabaret
        caesar californication callofduty callthemidwife calvinharris camelot candleinthewind
        candycrush captainamerica captainhook captainjack captainkirk captainpicard carebears cars
        cartman casinoroyale casualty catsmusical catwoman cbeebies celinedion cello centralperk
        championshipmanager charizard charliebucket charmander checkers chemicalbrothers cher
        cheshirecat chewbacca chewie chickenrun chittychittybangbang chopin chrismartin
        christinaaguilera christmascarol chucky cinderella civilization clapton clarinet clarkkent
        clarkson clashofclans clashroyale clonewars cloudstrife clubpenguin cluedo coldplay columbo
        commandandconquer commonpeople connectfour corleone coronationstreet corrie countdown
        countdowns counterstrike countryroads cowabunga crashbandicoot creamfields creep creeper
        crotchet crystalmaze culturclub cultureclub cupid cyberman cyclops cymbal daddypig dadsarmy
        daenerys daffyduck daftpunk daisyduck dalek daleks damonalbarn dancingqueen dangermouse
        danielcraig dannychampion darkknight darkside darksouls darthvader dasher davegrohl
        davidbowie davidbrent davidguetta deadmau deadpool deathnote deathstar decepticon deeppurple
        deepspacenine defyinggravity delboy delorean demilovato demogorgon depechemode despicableme
        destinyschild diablo diagonalley dianaross diehard digimon dipsy directioner direstraits
        dirtydancing disney disneyland disneyworld divergent dizzeerascal djs dobby docbrown
        doctorstrange doctorwho doh dollyparton dominoes donaldduck donatello donkeykong donner
        dontlookback doom dory dota dothraki doubleoh dovahkiin download downton downtonabbey
        dracomalfoy dragonball dragonsden draughts drax drdre dreamworks drum drumandbass drummer
        drums drwho dualipa dubstep duffbeer duggee dumbledore dumbo dumpinggroung
        dungeonsanddragons duranduran eastenders edsheeran edwardcullen edwardscissorhands eevee
        eggheads elastigirl elderscrolls eleanorrigby elizabethbennet eltonjohn elvish elvispresley
        eminem emmerdale encanto enderman enidblyton enterprise erasure ericclapton ethanhunt
        eurythmics evanescence everdeen evermore evita ewok ewoks excalibur exo exorcist
        expectopatronum expelliarmus fallguys fallout falloutboy familyguy famousfive fantasticfour
        fantasticmrfox farfaraway fastandfurious fatboyslim fatherchristmas fatherted fawltytowers
        fearless fifa fiftycent finalfantasy findingdory findingnemo firemansam firestarter fiveband
        fixyou fleetwoodmac flintstones flounder flute flynnrider folklore foofighters
        footballmanager forrestgump fortnite fourseasons fourweddings freddiemercury freddykrueger
        fullmonty furby futurama gameboy gamecube gameofthrones gamora gandalf ganon garage
        garybarlow gaston gavinandstacey gearsofwar genie georgeharrison georgemichael georgepig
        geralt getcarter ghibli ghostbuster gijoe gimli gingerspice girlsaloud gladiator gladiators
        glee gohan goku goldeneye goldfinger goldilocks gollum gonein goodfellas goofy goonies
        gorillaz gossipgirl gotham gothamcity gottacatchthemall graceland grandtheftauto grange
        grease greatexpectations greenday greengoblin greenlantern greenmile gremlins gretel
        greysanatomy grime grinch grogu groot gru gruffalo gryffindor gta guardians guitar guitarist
        guitars gunsnroses hades hagrid hairspray hakunamatata halflife halo hamlet hamm handel
        hannahmontana hannibal hansel hansolo happychristmas happymondays hardcore harleyquinn
        harmonica harp harrypotter harrystyles hastalavista hawkeye hearthstone heathcliff hedwig
        heisenberg heman hendrix hercules hermes herobrine hettyfeather heyduggee heyjude hiccup
        highwaytohell hinata hobbit hobbits holbycity hollyoaks holst holygrail homealone
        homeandaway homersimpson horcrux horridhenry hotelcalifornia howtotrainyourdragon hufflepuff
        hulk humanleague hungergames hungrycaterpillar hungryhippos hyrule iamgroot iceage iceman
        ichigo igglepiggle iliad illbeback imaceleb imagine impostor inbetweeners inception
        incrediblehulk incredibles indianajones indy insideout inspectorcalls inspectorgadget
        inspectormorse inthenightgarden ironmaiden isleofwightfestival italianjob itclown itcrowd
        jackjack jackskellington jacksonfive jacksparrow jacquelinewilson jafar jagger jamesbond
        jamesbrown janeausten janeeyre janetjackson jangofett jarjar jasonbourne jasonvoorhees jaws
        jayz jedi jekyll jemimapuddleduck jenga jigglypuff jimihendrix jimin jiminycricket
        jinglebells jls johndenver johnlennon johnmcclane johnnycash joker jolene jonasbrothers
        jonsnow joydivision juliadonaldson juliuscaesar jungkook junglebook jurassic jurassicpark
        jurassicworld justiceleague justinbieber justinfletcher justintimberlake kakashi kanos
        kanyewest karatekid katniss katyperry keithrichards kennyrogers kenobi kerplunk keyboard
        khaleesi killbill kingarthur kingdomhearts kingjulien kinglear klingon knuckles korn kpop
        kristoff krusty kryptonite kryten kungfupanda kurtcobain kylieminogue laalaa ladyandthetramp
        ladygaga lannister laracroft lastchristmas leagueoflegends lecter ledzeppelin legolas
        lemmings leonalewis lesmis lesmiserables letitbe letitgo lewiscapaldi lexluthor
        liamgallagher liampayne lifeislikeabox lifeofbrian lightningmcqueen lightsaber likeaprayer
        lilo liloandstitch limpbizkit lineofduty link linkinpark lionking liono lisasimpson
        littlebritain littlemermaid littlemix livinonaprayer lockstock loislane loki londoncalling
        longjohnsilver looneytunes lordfarquaad lordoftheflies lordoftherings loseyourself lost lotr
        louistomlinson loveactually loveisland lovelyjubbly ludo luffy lukeskywalker lumiere lumos
        lyric lyrics macbeth madhatter madonna magneto maidmarian mainwaring majortom malfoy mamma
        mammamia mandalorian mandolin maracas marge mariahcarey marilynmanson mariokart marple
        martymcfly marvingaye maryberry marypoppins masterchief mastermind mater matildamusical
        matrix maui mccartney mcfly medusa megadeth megadrive megatron melman merchantofvenice
        merida merrychristmas metallica metroid mew mewtwo michaeljackson michelangelo mickeymouse
        mickjagger middleearth midnights midsummer mikewazowski mileycyrus millenniumfalcon
        minecraft minion minions minniemouse minotaur misshoney missionimpossible missmarple
        misstrunchbull mithril moana mockingjay modernwarfare moneypenny monopoly monstersinc
        montypython moonwalk mordor moriarty morpheus morrissey mortalkombat moshimonsters motorhead
        motown mousetrap mowgli mozart mrbean mrburns mrdarcy mrfox mrincredible mrmiyagi mrspock
        mrtumble mufasa muggle muggles mulan mulder mummypig munsters muse mushu musical
        mychemicalromance myfairlady mylittlepony mypreciouss mystique narnia naruto neighbours
        neilyoung nemo nessa nevercforget neverforget nevergonnagiveyouup neverland nevermind
        neworder newsround niallhoran nightmarebeforechristmas nightmareonelmstreet nimbus
        nineteeneightyfour ninjaturtles nintendo nintendoswitch ninthsymphony noddy noelgallagher
        northpole note notes notorious nsync obiwan obiwankenobi oblivion oboe octonauts odyssey
        offspring ofmiceandmen oliveragain olivertwist olympus onedirection onelove onepiece
        onlyfools onlyfoolsandhorses oompaloompa openallhours opera operation optimusprime organ
        orwell othello overwatch ozzyosbourne pacman paddingtonbear padme palpatine paramore
        parklife patrickstar patrickswayze paulmccartney paulsimon paulwalker paulweller pawpatrol
        peakyblinders pearljam peeta pegasus penfold pennylane pennywise peppapig percyjackson
        petergabriel petergriffin peterpan peterparker peterrabbit petshopboys phantom
        phantomoftheopera pharaoh philcollins pianist piano pianoman picard pictionary pikachu
        pinkfloyd pinkiepie pinkpanther pinkpopstar pinocchio piratesofthecaribbean pixar
        playstation pocahontas pointless poirot pokemon pokemongo poker pokerface polarexpress
        poldark police pollypocket ponyo porkypig portal poseidon poshspice postmanpat powerrangers
        prancer predator prettylittleliars prettywoman prideandprejudice princecaspian princessleia
        princesspeach prisonbreak privateryan prodigy professorx publicenemy puccini pulp
        pulpfiction pumbaa purplehaze purplerain pussinboots quake quaver queenofhearts queenvic
        quidditch raarraa radiogaga radiohead rafiki rageagainst ragnarok rainbowdash ramsaystreet
        rapunzel rasta ratatouille rave ravenclaw raver reddwarf redemptionsong redhotchilipeppers
        redpill redridinghood redtaylor reggae rehab reputation reservoirdogs residentevil respect
        rexx rhythm rickandmorty rickastley riddler ringostarr rivendell riverdale roadrunner
        roalddahl robbiewilliams robinhood robinsoncrusoe roblox robocop rocketleague rocketman
        rocketraccoon rodders rogermoore rollinginthedeep rollingstones romeoandjuliet ronweasley
        roversreturn rowanatkinson rowling rubble rummy rumours rumpelstiltskin rundmc runescape
        sailormoon saintnicholas samsmith samus samwise sanandreas sansa santa santaclaus saruman
        sasuke satisfaction sauron saving saw sax saxophone scar scarecrow scarface scarletwitch
        scaryspice schindler sclub scrabble scrat scream scrooge scrubs seanconnery secretseven sega
        selenagomez sensibility sephiroth sevenbond severus severussnape sexpistols sgtpepper shaggy
        shakeitoff shakespeare shapeofyou shaunthesheep shawnmendes shawshank sheeran shera
        sherekhan sherlockholmes shire shredder shrek silenceofthelambs silentnight simcity
        simonandgarfunkel simoncowell simpsons sindy singing singleladies siriusblack sith
        sixthemusical sixtyseconds ska skeletor skepta skrillex skyfall skyrim skywalker slash
        slayer sleepingbeauty slimshady slipknot slytherin smeagol smellycat smithy snakesandladders
        snap snatch snoopdogg snorlax snowwhite softcell solitaire solo someonelikeyou song songbird
        songs sonic sonicscrewdriver sonicthehedgehog soundgarden soundofmusic southpark
        spaceinvaders spacemarine spaceoddity spamalot spandauballet sparta spartan spartans
        specials spicegirls spiderman spidey splinter spock spongebob spongebobsquarepants
        sportyspice springfield springsteen spyro squarepants squidgame squidward squirtle stairway
        stairwaytoheaven starcraft stark starkindustries starlord starman starofwonder startrek
        starwar starwars stayinalive steps steptoe steverogers stevienicks steviewonder stewie stig
        sting stitch stocking stoneroses stormtrooper stormzy strangerthings strawberryfields
        streetfighter streetsofrage strictlycomedancing suede sugababes sulley supercalifragilistic
        supergirl superman supermario supernatural supersonic supertd superted supremes sweetchild
        swiftie switch taggart tails takeachance takemeout takethat tamagotchi tambourine tangled
        tankengine tarantino tardis targaryen tarzan taylorswift tchaikovsky teamedward teamfortress
        teamjacob teamrocket techno teenspirit tekken teletubbies tempo terminator tetris thankunext
        thanos thebeatles thebill thechase theclash thecure theflash thegodfather thegrinch
        thegruffalo thejam theoffice thesims thesmiths thestig thetruthisoutthere thewall thewanted
        thomastank thomasthetank thriller thumper thundercats tifa tiggywinkle timburton timelord
        timon tinaturner tinkywinky tinman tinsel tinthepark tipping titan titanic titans
        toinfinityandbeyond tokillamockingbird tolkien tomandjerry tombraider tomcruise tommyshelby
        tomriddle tonystark toothless topcat topgear topgun toptgear torchwood toto totoro toystory
        tracybeaker trainspotting trance transformers treasureisland trekkie triangle trivialpursuit
        trojan trolls trombone trumpet tuba tune tupac tupacshakur turkeydinner turningred
        tutankhamun tweety tweetypie twelfthnight twice twilight twilightsparkle twilightzone
        twister twits tyrion ukulele ultimateteam umbrella upsydaisy vader valhalla vampireslayer
        vanhalen vegeta velma venom verdi vicarofdibley vicecity victoriabeckham victoryroyale
        viking vikings vindiesel violin violinist vivaldi vixen vogue voldemort voyager vulcan
        wakanda wakandaforever walkingdead wallaceandgromit walle waltdisney walterwhite wandavision
        wannabe warcraft warhammer wario warzone wearethechampions weasley wednesdayaddams westeros
        westlife westsidestory wewillrockyou wham wherethewildthings whiterabbit whitneyhouston
        wicked wii wileycoyote willywonka winteriscoming wisemen witcher wizardofoz wolfenstein
        wonka worldofwarcraft worms wutang wutheringheights xbox xboxlive xboxone xfactor xfiles
        xmen xylophone yabbadabbadoo yellowcoldplay yellowsubmarine yippeekiyay yoda yogibear yoshi
        yugioh zaynmalik ziggystardust zootopia zoro
        """
}
