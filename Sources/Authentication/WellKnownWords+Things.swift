extension WellKnownWords {
    /// Base words: cars, devices, brands, the house, work; common words and exclamations.
    static let things: StaticString = """
        abercrombie accord accountant acer acrobat actor actress adidas adobe adventurer aeroplane
        aftershave agent airplane airport album alfaromeo allegro ambassador ambulance amd amex
        android anglia anneboleyn anorak antivirus aol apartment architect armani armchair
        astonmartin astra asus athlon attic audi auditor author automobile backup balcony balloon
        balloons bangle bank banker banking banksy barackobama barclays barista barmaid barman
        barrister basement basket bathroom bathtub batteries battery bbc beautician bebo bed bedroom
        beds belt bench bicycle bigwheel bike biker bikes biking bikini billionaire binman bitcoin
        blanket blankets blinds blouse bmw boat boats bobbin bonnet borisjohnson bottle bottles bow
        bowl bowls boxers boxes bra bracelet braces bricklayer britishairways broadband brolly
        brooch broom broomstick browser brush btinternet bubblebath bucket budget bugatti buick
        builder builders bulldozer bungalow bunkbed burberry bus buttons cab cabin cable cadillac
        camaro camera campervan camping campsite candle candles canon cap capri car caravan career
        carer carousel carpet carrera cash cashier casino casio cauldron cbbc ceiling celeron cellar
        centos chairs chanel channelfour charger chef chemist chevrolet chevy chimney chopper
        chrysler circus cisco citroen civic cleaner client clients clio clock clothes clown clowns
        coach coat coats code coder coding coin coins comb company compaq concorde conditioner
        conservatory converse cooker coopers corolla corsa cortina corvette cottage couch councillor
        cowboy cowboys cowgirl credit creditcard crochet crocs crown crypto crystalball css cup
        cupboard cups curtain curtains cushion cushions customer customers cutlery cyber cyberpunk
        cybertruck dacia data database davinci debian debit decorator deezer dell denim dentist
        designer desktop detective developer digger diggers digital diningroom dior director discord
        discovery dishwasher dlink docmartens doctor doctors dodge dodgems dogecoin doll dollar
        dollars dollhouse dollshouse donaldtrump door doorbell doormat doors doorway drawer drawers
        dress dresses dressinggown driver driving drone dropbox ducati duplo duster dustman duvet
        dvd earring earrings easyjet ebay echo editor einstein electrician electron electronic
        elizabethregina email embroidery engine engineer engineering engineers engines ericsson
        escort ethereum euro euros evo excavator excel explorer facebook facebookme fedora
        ferriswheel ferry fiat fiesta finance firebird fireengine firefighter firefox fireman
        fireservice firewall fisherman fishmonger fitbit fiver flannel flipflops floor
        flyingscotsman focus fork forklift forks frame fredperry freelander freeserve freezer fridge
        fryingpan fujifilm galileo gambling gamekeeper gandhi garmin gateway geforce giffgaff glass
        glasses gloves gmail golfgti google googlechrome gopro greengrocer grocer gucci gunpowder
        hairbrush hairdresser hairdryer hallway handbag handm hardware harleydavidson hat hats
        hawking headphones heels helicopter henryviii hewlettpackard highheels hitachi hitech hitler
        hollister home homes homesweethome honda hoodie hoover hostel hotel hotmail hovercraft hsbc
        html huawei huaweirouter hugoboss hyundai ibm igloo imac impreza indian insignia inspiron
        insta instagram intel internet internetexplorer intranet inventor ipad iphone ipod ironing
        itunes itv jacket jackets jackpot jar javascript jazz jcb jeans jeep jewellery jewels jigsaw
        job jobs joiner journalist jug juggler juke jumbojet kaspersky katemiddleton kawasaki kettle
        kite knickers knife knitting knives kodak lace lacoste ladydiana laguna lamborghini lamp
        lancer landcruiser landlady landlord landrover laptop latitude laundry lawyer leggings lenin
        lenovo leonardodavinci lestweforget lexus lifeboat lightbulb linen linkedin linksys linux
        lipstick livingroom lloyds lodge loft loo lorry lottery lotto louisvuitton lounge macbook
        macos magicwand magistrate magnacarta makeup mandela mansion margaretthatcher marketing
        martinlutherking mascara maserati mastercard mattress mayor mazda mcafee meccano mechanic
        meeting meetings megane mercedesbenz merrygoround messenger metro micra microphone microsoft
        microwave midwife milkman millionaire miner mini minibus minicooper minister mirror mirrors
        mitsubishi mobile mobilephone model models modem mondeo monet money monzo mop moped mortgage
        motel motorbike motorcycle motorola motorway mousemat mozilla mug mugs mussolini mustang
        myspace mysql nailvarnish napster narrowboat nationwide natwest necklace needle needles
        nelsonmandela netflix netgear network nightie nike nikon nissan nivea nokia nurse nurses
        nvidia nylon obama officer omega onedrive optician oracle origami ornament otwo outlook oven
        packardbell painting panasonic pants paramedic passat patchwork patio payday paypal pence
        pennies pension pentium perfume petrol peugeot pharmacist phone photo photograph
        photographer photos photoshop php physio picanto picasso picture pictures pillow pillows
        pilot pinterest plasterer plate plates playmobil plug plumber plusnet pocket poet poetry
        polaroid policecar policeman policewoman politician polyester pontiac poppyday porch porsche
        postman pottery pound pounds powerpoint prada president primarkk primeminister princecharles
        princeharry princessdiana princeswilliam princewilliam printer prius producer programmer
        programming project projects pullover punto purse pyjamas qashqai queenelizabeth
        queenvictoria quid quilt radeon radio railway raincoat ralphlauren rangerover razor
        redarrows reddit redhat reebok reliant rembrandt remembrance renault reporter ribbon ribbons
        richardmoney richer ring rings roadtrip robot robotic robots rolex rollercoaster rollsroyce
        roof roofer roulette roundabout router rubberduck ryanair ryzen saab safari salary samsung
        sandals santander satin saucepan savings saxo scalextric scanner scarf scarves scooter
        screen seat secretagent seesaw server service settee sewing shampoo sharepoint shed shelf
        shelves sheriff ship ships shirt shirts shoe shoes shopkeeper shorts silk sink siri
        skippingrope skirt skoda skype skysports skytv slide slipper slippers smartphone snapchat
        soap social socialworker sock socket sofa software solaris solicitor sony sonyericsson
        sophos spade spatula speaker speakers spitfire spoon sportage spotify spy staircase stairs
        stalin station steamtrain stereo steward stewardess stilettos stool straighteners subaru
        submarine suit superdry supra surgeon surveyor suzuki swatch sweater swimsuit swing tables
        tablet talktalk tap taps tax taxi teams technician telephone television telly tenner tent
        tesla teslanikola thinkpad thong thread threemobile tights tiktok timberland timex tins
        tiscali titanicship tmobile toaster toilet toiletroll tonyblair toothbrush toothpaste torch
        toshiba tourist towel towels toy toybox toyota toys tplink tractor tractors train trainers
        trains tram trampoline transit traveller tricycle triumph truck trucker trump tshirt tube
        tumblr turbo tuxedo twingo twitch twitter ubuntu uggs underground underpants unix upload
        vacuum vangogh vans vase vauxhall vectra vehicle velvet versace vespa vet vets veyron video
        videos virgin virginmedia virus visa vista vodafone volkswagen volvo wages waistcoat
        waitress walkman wallet walls wardrobe warhol washing washingmachine watch waterloobattle
        wealth wealthy web webmaster webpage website welder wellies whatsapp whisk wifi wikipedia
        williamtheconqueror window windowcleaner windows windowsxp winstonchurchill wok wool word
        work worker workers working workshop wrangler writer yacht yahoo yamaha yaris youtube
        youtuber yoyo zafira zip zipper zookeeper zoom

        able about above abracadabra accept accident across action active activity address advance
        adventure advice aeiou afraid afro again against agree ahead aircadets airwolf akela almost
        alone along alpha already also although american amor amount amour ancient anger angry ankle
        answer anxious appear apply aquarius area argue aries around arrive arrow asap aside asleep
        astrazeneca astrology ateam attack attempt aussie average award aware away azertyuiop baba
        back balance baldhead baldy bananabread banananana bananasplit baracus barmy barnardos
        barrier base basic baywatch bazinga beat beavers become beeroclock before begin beginning
        behind belly belong below bepreared beside beta between beyond bibbidibobbidiboo bienvenue
        bigger biggest birth bite bla blablabla blah blahblah blank blast blind bliss blissful block
        blonde board bobo body bold bone bones bonkers booyah bored boredom boring borrow bottom
        bounce brain brains bravo brb breath breathe brewery brexit bring brit britannia british
        britishlegion brits brownies brummie brunette bubbly build building burn busy buy cadets
        cagney call calling calm camp can canadian cancer cancerresearch capital capricorn care
        careful careless carino carry catch cause center centre certain chain channel chapter charge
        charm chat cheap check cheeky cheer cheerful cheery chest chief childline childreninneed
        chilled chillout choice choose chouchou circle city claim clap classy clean cleanfreak clear
        clever climb closer club cockney coffeebean coffeetime collect comfort comicrelief coming
        command common complete confused conservative contrasena control cooking copy corazon corner
        cornishlad correct cost couchpotato count counter country couple course cover covid
        covidnineteen cowabungadude craic crash crazyness create creative creator creature crime
        crowd cry crying cubs culture cure curious curly current curve custom cut cwtch cycle cymru
        cymruambyth dada daft daily damage dance dances danger dangerous dapper dare dark darkly
        darkness decide deep delicious delight deliver delta depressed depth desire destroy detail
        develop different dig dimple dippy direct dirty discover distance distillery ditzy divide
        dizzy dofe doing doubt doudou downingstreet dragonfire draw drawing dreamy drift drive drop
        dry dudu due dukesofhazzard dull dup dupa during duty dynasty dziewczyna each eager ear
        early earn ears earthly east eastern eastside effort eire either elbow elegant empty end
        ending endless enemy energetic enjoy enough envy epsilon equal eringobragh escape essexgirl
        estrella etc eureka europeans even event ever every exact except excited exciting exhausted
        expert explode explore express extra extreme eye eyeball eyebrow eyelash eyes face facemask
        faces fact failure fair faithless falling false fame famous fancy far farewell fashion
        fashionista fat favour favourite fear feather feed feel feeling feelings fence fengshui few
        fierce fill final find fine finger fingers finish firm fit fix fixed flag flight float flow
        flowerofscotland fold follow foot foreign forget forgive forgot forgotten formal forward
        found foxtrot freckle fresh front fruehling full funky furlough further futbol future fyi
        gaga gain gamma gardencentre gather geheim gemini general generallee generous gentle get
        getting ghostly gift ginoclock girlguides girlguiding give given glad glamorous glamour
        gleeful glow gluttony godsavetheking godsavethequeen going gone gotcha grand grateful greed
        greenlight greenparty groovy ground group grow growing growth grumpy gtg guard guess guide
        guides guilty habit haha hahaha hair half hallo hammer handle hands hang happen happyplace
        hardly haslo hasselhoff hate hater hatred have headache health healthy hear heart heat heavy
        hehe hehehe height help helper helpforheroes helpful helping helpme herbst high hiraeth hit
        hocuspocus hold hole homely honest honesty honour hooray horoscope horror hospital host huge
        human humble hungry hurrah hurray hurry hurt hutch hyper ichliebedich idea ideal idk ill
        imagination imo important impossible inside instant invisible irish itself jail jaja jazzy
        jealous jealousy jetaime join joke jokes jolly journey joyful joyous juliett jump jumping
        junk just keep kennwort kernow kick kidding kidney kilo kind kindhearted kindness kingsarms
        knee knees knightrider know known kocham kochanie kojak kooky labour laidback lalala lambda
        lancashirelass land landofhopeandglory language late later latest lazy leader league leave
        left leg less level libdem libra lie liebe lifeboats lift light lights like likely limit
        line listen lively liver lmao load local localpub lockdown loco lol lolol lolz londoner
        lonely look looking loopy loose lose losenord loud lower loyal loyalty lung lungs lust
        macgyver machine mackem main make making mancave many map mariposa marseillaise mask match
        matter maybe mean measure meet member memories memory mention merry messy middle mighty mind
        mine minor minus misiek miss missing missyou mistake mix mixed modern mood more most
        motdepasse mountainrescue moustache mouth move movie movies moving mrt much muscle muscles
        mwah mystery nagshead naked name names nanana narrow nation nationaltrust native nearly neat
        neck need needy nerve nervous neutral new news next nhs nighthawk nightowl nightrider nono
        nope northern northerner northside nose notice nspcc nunu obvious odd often okay okok omg
        only onwards openthedoor order other outside over own owner oxfam pack pain pale
        pamelaanderson pandemic panic parade parliament parola parole part passord passwort past
        path pause pay people perfect perfection person pfizer phase pick piece pile pin pintglass
        pisces pitch place plaid plan plastic pleasant pleasure plenty point polite polska poor
        popular positive possible postcode potatohead potty practice prepare present pressure pride
        princesa prison prize problem problems produce profit promise proof proper protect proud
        prove publunch pubquiz pudseybear pull pure push quality quarter question quiet quirky quit
        quite race raceforlife rage raise rapid rare rate raw reach react ready real reality really
        reason rebel receive record recover redcross redlion rednose rednoseday reduce refuse relax
        relaxed release remain remember remove repair repeat request rescue rest result return
        revenge reward rib ribs ride right rise risk rnli road roar rofl romance romantic room
        rosecrown rough royaloak rspb rspca rule rulebritannia rules run runaway safe safety
        sagittarius sail salvation same saorsa sassenach save saved savethenhs saviour say scare
        scared scary scene schatz score scorpio scottish scouse scouser scouting scouts seacadets
        search season secretly see seek seen self selfish sell senha sense sensitive sentence
        serious serve set shadows shake shame shape share shedlife shine shock shoot shop shopper
        shopping shot shoulder shout show shut shy sick side sifre sight sigma sign signal silence
        silent similar since sinnfein size skeleton skill skin skinny skull slainte sleep sleeping
        sleepy slim slip smash smell smoking smooth snazzy sneaky snob snp socialdistance soft
        softie solid solution some sommar sommer soon sorrow sort sound sour source south southerner
        southside spare speak special species spend spin spine splash split spoil sporty spread
        square squeeze stage stand standard starsky start state status stay steal step stick stiff
        still stjohnambulance stomach stop stopit stranger streethawk stress stressed stressful
        stretch strike string stripe strongest struggle study stuff style stylish success successful
        such sudden suffer sulky super superb supply support sure surprise survival survive survivor
        suspect susu swaninn swanky swim symbol take talent talk talking tall target tarot taste
        tata taurus tbh team teamo tear tears tease tell temper tender tense tequiero terrible
        terrific terror thank that thecrown their them theme then there these theta they thick thin
        thing things think thinking this those though thought threat throat throne through throw
        thumb ticket tidy tight till time timeless times tiny tired tiredness title toe toes
        together tongue tooth top tories torture tory total touch tough toughguy tour toward track
        trade tragic trail training trap travel travels treat trendy trick tricky trip trouble true
        truly trusty truth try ttyl tummy turn twist type ugly ukip ultimate ultra under understand
        unfair union unionjack unique unit unite united universal unknown unlucky until upper upset
        upside urgent use useful useless usual vaccine value vanish various vein very victim victory
        view violent virgo virtue vision visit vital voice volume vote wachtwoord wacky wahoo
        waiting wake walk walking want wanted warm warmth warn wash waste wawa way weak weight
        western westside where which while whisper whistle whitehart who whole why wide win
        wineoclock winetime wings wire with within without woman women womensinstitute woohoo words
        worlds worried worry wound wrath wrist write writing wrong wtf xoxo xray yankee yawn yay
        yeah yeehaw yell yep yes yesyes yinyang yippee yolo yorkshireman your yours yourself zany
        zaza zest zodiac zone zulu zuzu
        """
}
