extension WellKnownWords {
    /// Base words: given names and surnames of England's schools.
    static let people: StaticString = """
        aaliyah aanya abbie abby abi abigail ada adele adeline adriana agatha agnes aida aileen
        aimee aisha alana alanna alba aleena alessia alex alexa alexandra alexia alexis ali alice
        alicia alina alisha alison allison alma alyssa amanda amaya amber amelia amelie amina amira
        amna amy anastasia anaya andrea angel angela angelica angelina angie anika anisa anita anja
        anna annabel annabelle annalise anne annette annie annika antonia anya april arabella aria
        ariana arianna ariella arya asha ashleigh ashley astrid athena aubrey audrey august aurora
        autumn ava aya ayesha ayla azalea azra babs bailey barbara bea beatrice beatrix becca becky
        belinda bella belle bernadette bernice bertha beryl bessie beth bethan bethany betsy betty
        beverley beverly bianca blanche blossom bobbie bonita bonnie brenda brianna bridget bridie
        brigitte britney brittany bronte bronwen brooke bryony cadence caitlin caitlyn callie
        cameron camilla candice cara carla carly carmel carmen carol carole caroline carolyn carrie
        casey cassandra cassie cath catharine catherine cathy cecelia cecilia cecily celeste celia
        celine chantal chantelle charis charity charlene charley charlotte charmaine chelsea cherie
        cheryl chiara chloe chris chrissie christina christine cindy claire clara clare claudia
        clementine cleo cleopatra coco colette colleen connie constance cora coral cordelia corinne
        cosette courtney crystal cynthia dahlia daisy dakota dana daniela daniella danielle daphne
        darcey darcie darcy darla davina dawn deanna debbie deborah debra dee deirdre delilah della
        demi denise desiree devon dian diana diane dina dionne dolly dolores dominique donna dora
        doreen doris dorothy dot dottie dulcie ebony eden edie edith edna effie eileen eilidh eimear
        eira eirlys elaine eleanor elena elin elina elinor elise elisha elissa eliza elizabeth ella
        elle ellen ellie elodie eloise elsa elsie elspeth elvira emer emilia emily emma emmeline
        enid enya erica erika erin esme esmeralda estelle esther ethel etta eugenie eunice eva
        evangeline eve evelyn evie fabia faith fallon farah fatima fatimah fay faye felicity fern
        fion fiona fleur flo flora florence flossie fran frances francesca frankie freda freja freya
        frida gabby gabriela gabriella gabrielle gaia gail gayle gaynor gemma gena genevieve
        georgette georgia georgiana georgie georgina geraldine germaine gertrude gill gillian gina
        ginger ginny giselle gladys glenda glenys gloria glynis goldie grace gracie grainne greta
        gretchen guinevere gwen gwendolyn gwyneth habiba hafsa haleema haley hallie hana haniya
        hannah harley harmony harper harriet hattie haya hayley hazel heather heba heidi helen
        helena hermione hester hetty hilary hilda hollie holly honey honor hope hyacinth ianthe ida
        ilse imani imogen inaya india indie indigo indira ines inez ingrid iona iqra irene irina
        iris irma isabel isabella isabelle isha isis isla isobel isolde isra ivana ivy izzy jacinta
        jackie jacqueline jacquetta jade jan jana jane janelle janet janice janie janine jannat
        jasmin jasmine java jayda jayne jean jeanette jeannette jeannie jemima jemma jen jenna jenni
        jennie jennifer jenny jerry jess jessica jessie jewel jill jillian joan joann joanna joanne
        jodie jody joely jordan josephine josie joss jovita joy joyce judi judith judy julia
        julianne julie juliet juliette june juno justine kara karen karina karla kat katarina kate
        katelyn katerina kath katharine katherine kathleen kathryn kathy katie katja katrina katy
        kay kayla kayleigh kayley keeley keira kelis kelly kelsey kendal kendra kenza kerensa kerri
        kerry keziah khadija khadijah kia kiara kiera kiki kim kimberley kimberly kinga kinsley kira
        kirsten kirstie kirstin kirsty kitty komal krystal kyla kylie kyra lacey ladybird laila lana
        lani lanie lara larissa latifa laura laurel lauren laurie lavender lavinia layla leah leana
        leanne leela leia leila leilani lena lenora leona leonie lesley leslie leticia letitia lexi
        lexie libby lila lilah lilia lilian liliana lilith lillian lilly lily lilymay lina linda
        linnea linzi lisa liv livia livvy liyana liz lizzie lois lola lorelei lorena loretta lori
        lorna lorraine lotta lotte lottie lottiemae lou louella louisa louise loulou lourdes lucia
        luciana lucie lucille lucinda lucky lucy lulu luna lupita luz lydia lyla lynda lynette lynn
        lynne lynsey lyra mabel mabelle mackenzie macy maddie maddy madeleine madeline madison mae
        maeve maggie maia maida mair maisie maja malaika malala mali malia manal mandy manon mara
        marcella marcia marcy mareeha marg margaret margarita margery margot marguerite maria mariah
        mariam marian mariana marianna marianne maribel marie marika marilla marilyn marina marion
        maris marisa marisol marissa marjorie marlene marley marnie marta martha martina mary maryam
        maryann marysia mathilda mathilde matilda mattie maud maude maura maureen mavis maxi maxine
        may maya mckenzie meera meg megan meghan megs mehreen mehwish mel melanie melina melinda
        melissa melody mercedes mercy meredith merle merryn mia miarose michaela michele michelle
        mika mikayla mila milana mildred milena millie milly mimi mina minerva minna minnie mirabel
        miranda mireille miriam mitzi moesha moira mollie molly momina mona monica monique morag
        morgan morwenna muna muriel muskaan mya myfanwy myla mylarose myra myrtle nabila nadia
        nadine nadiya naila naima najma nan nana nancy nanette naomi narges nasreen nat natalia
        natalie natalya natasha nayla neave nefertiti nela nell nellie nelly nerys nesta nevaeh neve
        ngozi nia niamh nicky nicola nicole nicolette nida nieve nigella nika nikki nila nimra nina
        noelle nola noor nora noreen norma nour nova novah noya nura nyla nyssa ocean octavia odessa
        odette ola olga olive olivia oliviarose olwen olwyn oona oonagh opal ophelia oprah oriana
        orianna orla orlagh orlaith ottilie paige pam pamela pandora pansy paris parveen pascale pat
        patience patricia patsy patti patty paula pauleen pauline peaches pearl peggy penelope penny
        perdita perla perpetua persephone petal petra petula petunia phaedra philippa phillipa
        phoebe phoenix phyllis pia pippa pixie polly poppy portia precious presley primrose
        princessa priscilla priti priya priyanka prudence prunella queenie rachel rae raine rana
        rani raquel raven reagan reba rebecca reem reeva regan regina reina rena renata rene renee
        reva rhea rhian rhiannon rhona rhonda ria rida rihanna riley rita riya roberta robin robyn
        rochelle roisin roma romilly romy rosa rosabel rosabella rosalie rosalind rosaline rosamund
        rosanna rosanne rosaria rose roseanne rosemary rosetta rosheen rosie rosina roslyn rosy
        rowan rowena roxana roxanne roxy rubie rubina ruby rukhsana ruth ruthie saba sabina sabine
        sabrina sadie safa saffiyah saffron safia safiya sahar saima saira sakina sally sallyann
        salome sam saman samantha samara sameera samia samira sana sanah sandi sandra sandy saoirse
        saphia saphira sapphire sarah sarai sarina sasha saskia savanna savannah scarlet scarlett
        selena selene selina selma seraphina seren serena serenity shabana shabnam shaheen shaista
        shakira shamim shanaya shani shanice shannon shanta sharon shaz shazia sheba sheena sheila
        shelby shelley shelly sheri sherri sherry shirley shona shreya sian siena sienna sierra
        signe sigrid silvia simone simran sinead siobhan skye skyla skylar sofia sofie soha solange
        soleil sondra sonia sonja sonya sophia sophie soraya stacey stacy star stefania stella steph
        stephanie sue suki sukie sultana suman sumaya sumayyah summer sunita sunny susan susana
        susanna susannah susie suzanna suzanne suzette suzi suzie sybil sylvia sylvie tabitha tahira
        tahlia talia taliyah tallulah tamara tammy tamsin tamzin tania taniamae tanya tara taryn
        tasha tatiana tayla taylor tea teagan teddie tegan teresa teresita terri tess tessa tete
        thalia thandi thea theresa thomasina tia tiana tiara tiegan tierney tiffany tilda tilly tina
        tish toni tori toria torie tracey tracie tracy treasure tricia trinity trish trista trixie
        trudy tuesday tula twyla uma umaima una ursula val valentina valerie vanessa vega venetia
        venus vera verena verity veronica vesta vicki vicky victoire victoria vida vienna vina viola
        violet virginia vita viv vivian viviana vivien vivienne waheeda wanda wendy willow wilma
        winifred winnie wren wynne xanthe xena xenia yana yara yasemin yasmin yasmine ylenia yoko
        yolanda yuki yumna yusra yvette yvie yvonne zadie zahra zaina zainab zaira zanna zara zaynab
        zelda zelie zena zeynep zia zillah zinnia ziva zoe zoey zohra zola zora zosia zuri zuzanna

        aarav aaron aayan abdul abel abraham ace adam adan aden aditya adonis adrian ahmad ahmed
        ahmet aidan aiden ajax ajay ajit akash aksel akshay alan alaric alasdair alastair albert
        albie albin aldo alec alejandro alessandro alexander alexandre alexei alfie alfonso alfred
        alfredo alistair allan allen alonzo alphonse alvin amar ambrose amin amir amit amos amrit
        anand anatoly anders anderson andre andreas andrei andres andrew andrzej andy angelo angus
        aniket anil anish ankit ant anthony antoine anton antonio antony anuj anwar apollo archibald
        archie arianne ariel arif aristotle arjan arjun arlo armando arnold arran arron artem arthur
        arturo arun arvid arvind asa asad ash asher ashish ashok ashraf ashton ashwin asif aslam
        aston athol atif atticus atul auden audley augustus aurelio austin avery avi axel ayaan
        aydin ayub aziz babar bailee baldwin balraj balthazar barclay barnaby barney barrett barry
        bart bartholomew bartosz basil bastian baxter bear beau beckett ben benedict benito benjamin
        bennett benny benson bentley bernard bernardo bernie bert bertie bertram bertrand bevan
        bhavesh bilal bill billie billy bjorn blade blaine blair blake blaze bob bobby bodhi boris
        bowie boyd brad bradley bram branden brandon brendan brent brett brian brock brody bronson
        brooklyn bruce bruno bryan bryant bryce bryn bryson buck bud buddy burt buster byron cade
        cadel cain caius cal caleb callan callum calum calvin campbell carl carlo carlos carlton
        carson carter cary casimir caspar casper cassius cato cecil cedric cesar chace chad chance
        chandler charles charlie chas chase chester chetan chip chirag christian christopher chuck
        cian ciaran clarence clark claude claudio clay clayton clement cliff clifford clifton clint
        clinton clive cody cohen colby cole colin colm colt connor conor constantine cooper corbin
        corey cormac cornelius cory cosmo craig crispin cruz curtis cuthbert cyril cyrus daffyd
        dafydd dai dale dalton damian damien damon dan dandre dane daniel danish danny dante darius
        darren darryl darshan darwin daryl dashiell daud dave davey david davide davis dawid dawson
        dean declan deepak deion delroy demetrius denis dennis denny denver denzel dereck derek
        derrick des desmond dev devin devlin dewey dewi dexter dhruv dick dickie diego dieter digby
        dilip dillon dinesh dino dion dirk dmitri dom domenico dominic dominik don donald donnie
        donovan dorian doug dougal douglas douglass drake drew dudley duke duncan dustin dwayne
        dwight dylan eamon eamonn earl eben eddie edgar edison edmund eduardo edvard edward edwin
        efan efraim ehsan eirik elgar eli elias elijah eliot elis elliot elliott ellis elmer elton
        elvis elwood emanuel emerson emil emilio emlyn emmanuel emmet emmett emrys enoch enrique
        enzo ephraim erasmus eric erik ernest ernesto ernie errol erwin esteban ethan euan eugene
        evan evander everett ewan ewen ezra fabian fabio fabrizio fahad faisal faizan farhan farooq
        farrell fawad federico felipe felix ferdinand fergal fergus ferguson fernando fidel filip
        finlay finley finn fintan fionn fletcher florian floyd flynn ford forrest foster fox
        francesco francis francisco franco francois frank franklin franz fraser frazer fred freddie
        freddy frederick fritz fynn gabe gabriel gael gagan galahad galen ganesh gareth garfield
        garrett garry garth gary gaspard gaurav gavin gawain gene gennaro geoff geoffrey geordie
        george geraint gerald gerard gerhard gerry gethin ghulam gianluca gideon gilbert gilberto
        giles gino giorgio giovanni girish giuseppe glen glenn glyn godfrey godwin gopal gordon
        grady graeme graham grant grayson greg gregor gregory griff griffin griffith guido guillermo
        gunnar gunther gurdeep gurpreet gus gustav gustavo guy gwilym gwyn habib hadley hal hamid
        hamilton hamish hamza hank hans hardeep hardy hari haris harish harjit harlan harlow harold
        haroon harpreet harri harris harrison harry hartley harun harvey hasan hashim hassan hayden
        haydn heath hector heinrich helge helmut hemant henri henry herbert herbie herman hernan
        hilton himanshu hiram hiro holden homer horace horatio howard hubert hudson huey hugh hugo
        humphrey hunter husnain hussain hussein huw hywel iain ian ibrahim idris ieuan ifan iggy
        ignacio igor ike ikram illtyd ilyas immanuel imran imtiaz inder ingmar ingo ioan iqbal ira
        irfan irvin irving irwin isaac isaiah ishaan ishaq isidore ismail israel ivan ivor iwan
        jabir jace jacek jack jackson jacob jacques jagdeep jago jaime jake jakub jamal jameel james
        jameson jamie janek janos jared jarek jarrod jarvis jas jasdeep jason jaspal jasper jasvir
        jatin javed javier jaxon jaxson jay jayce jayden jayesh jaylen jayson jed jedward jeff
        jefferson jeffrey jensen jenson jeremy jerome jesse jesus jethro jez jignesh jim jimbo jimi
        jimmy joachim joaquin joe joel joey johan johann johannes john johnny jon jonah jonas
        jonathan jonathon jonny jonty jools jordi jorge jose joseph josh joshua josiah jozef juan
        judah judd jude jules julian julio julius junaid junior jurgen justin justus kabir kacper
        kai kaiden kailash kalvin kamal kamil kamran kane kapil karan kareem karim karl karsten
        kartik kashif kaspar kasper kayden keane keanu keaton keegan keenan keir keiran keiron keith
        kelby kelvin ken kendrick kenneth kenny kent kenzo kermit kev kevin keyaan khalid khalil
        khari kian kieran killian king kingsley kip kiran kirby kirk kishan kishore kit kobe koby
        kofi konrad konstantin kris krish krishna kristian kristoffer krzysztof kuldeep kunal kurt
        kwame kylan kyle lachlan lakshman lalit lamar lambert lance lancelot landon lars lathan
        laurence laurent lawrence lawson layton leander lee leif leigh leighton lemuel len lennon
        lennox lenny leo leon leonard leonardo leopold leroy les lester levi lewis lex liam lincoln
        linus lionel llewellyn lloyd lochlan logan lonnie lorcan lorenzo lorne lothar louie louis
        lowell luc luca lucas lucian luciano lucien luigi luis lukas lukasz luke luther lyle lyndon
        mac macaulay mace mack macsen maddox madoc magnus mahesh majid maksim malachi malachy
        malakai malcolm malik manfred manish manjit manny manoj mansoor manuel maqsood marc marcel
        marcello marco marcus marek mariano mario marius mark marlow marshall martin martino marty
        martyn marvin mason masood massimo mateo mateusz mathew mathias mathis matt matthew matthias
        mattias matty maurice maurizio mauro maverick max maxim maximilian maximus maxwell mayank
        maynard mehmood melvin melvyn merlin merrick micah michael michal michel mick mickey miguel
        mihir mikael mike mikel mikey mikhail milan miles milo milton mitch mitchell mohamed
        mohammad mohammed mohan mohit mohsin montague monte montgomery monty moritz morley morris
        mortimer moses moshe mubarak mudassar muhammad muhammed mujahid mukesh munir murdo murdoch
        murphy murray murtaza musa mushtaq mustafa myles mylo myron nabeel nadeem naeem nakul
        napoleon naresh nasir nate nathan nathanael nathaniel naveed navin nawaz neal neel neeraj
        nelson neo nestor neville newton niall niccolo nicholas nick nico nicolai nicolas niels
        nigel nikhil niklas nikolai nilesh nils niraj nirmal nitin noah noel nolan noman norbert
        norman norris oakes oakley obadiah octavian odin ogden olaf ole oleg olek oli olie oliver
        ollie omar omari omer orion orlando orson orville osbert osborne oscar osian osman osmond
        oswald oswin ottis otto owain owen ozzie ozzy pablo paco paddy palmer pankaj paolo parker
        parth pascal pasquale patrick patryk paul pavel pawel paxton pedro pepe percival percy perry
        pete peter peyton phil phileas philip philippe phillip phineas pierce pierre piers piotr pip
        piran porter pradeep prakash pramod pranav prashant pratik praveen prem preston prince qadir
        qasim quentin quincy quinn rafael rafal rafe rafferty raffi ragnar raheel raheem rahim
        rahman rahul raiden rainer raj raja rajan rajat rajesh rajiv raju rakesh raleigh ralph ram
        ramesh ramon ramsay ramsey randal randall randolph randy ranjit raoul raphael rashid rasmus
        rauf raul ravi ravinder ray raymond raza reece reed rees reeves reg reggie reginald rehan
        rehman reid reilly reinhold remi remy renato renzo reuben rex rey reynold rhodri rhys riaz
        ricardo riccardo rich richard richie rick ricky rico ridley rio ripley rishi ritesh rizwan
        roald rob robbie robby robert roberto rocco rocky rod roddy roderick rodney rodrigo rogan
        roger rohan rohit roland rolf roman romeo ron ronald ronan ronnie ronny rory roscoe ross
        rowland roy royce royston ruairi ruben rubin rudi rudolf rudolph rudy rufus rune rupert rush
        russ russell rusty ryan saad sabir sacha sachin sadiq saeed safdar sahil saif sajid saleem
        salim salman salvador salvatore sameer sami samir sammy samson samuel sancho sandeep sander
        sandro sanjay sanjeev santiago santino santosh saqib sarfraz sarvesh satish saul saurabh
        sawyer scott scottie scotty seamus sean sebastian sebastien selwyn serge sergei sergio seth
        seumas seymour shabir shafiq shahbaz shahid shahzad shakeel shane sharif shaun shawn shay
        shayne shekhar sheldon sherlock sherman shiv shivam shoaib shyam sid siddharth sidharth
        sidney sidonie siegfried sigmund silas silvester silvio simon sinclair skip skyler sohail
        sol solomon sonny soren spencer spike stan stanislaw stanley stefan stefano steffan stellan
        stephen sterling stevan steve steven stevie stewart struan stuart sukhdeep sukhvinder
        suleiman suleman sultan sumit sunil suraj suresh surinder sushil sven sylvester tadeusz
        tadhg tahir taj talha tam tariq tarquin tate tatum tauseef tavish tayyab ted teddy tejas tel
        terence terrance terrence terry tex thaddeus thane theo theobald theodore theon thomas thor
        thorfinn thorin thurston tiago tiberius tiernan tim timmy timothy titus tiziano tobias tobin
        toby tobyjay todd tom tomas tomasz tomboy tommy tomos tony torin torquil trent trenton
        trevor trey tristan tristram troy truman tucker tudor tyler tyrese tyrone tyson uday udo
        ulrich ulysses umar umberto umer umesh upton urban uri uriah uriel usama usman valentin
        valentine van vance vaughan vaughn vernon vic vicente victor vijay vikas vikram viktor vinay
        vince vincent vinnie vinny vinod vipul viren virgil vishal vito vivek vlad vladimir wade
        wahid wajid waldo walker wallace wally walt walter waqar waqas ward warren warwick waseem
        washington wasim wayne webster wendell wes wesley weston wilbert wilbur wilf wilfred wilhelm
        wilkie will willem william willie willis wilson winston wolf wolfgang woodrow woody wyatt
        wyn xander xavi xavier yahya yann yannick yannis yaqub yash yasin yasir yasser yestin yogesh
        yorick york younis yousaf yousuf yuri yusuf yves zac zach zachariah zachary zack zade zafar
        zaheer zahid zaid zain zak zakariya zakir zaman zameer zander zane zayn zeb zebedee zed
        zeeshan zeke zeus ziggy ziyad zoltan zorro zubair zulfiqar

        abbott ackroyd acton adams addison adkins ahern ainsworth aitken akhtar alcock alder
        alderson aldridge allsop andersen andrews anstey appleby appleton archer armitage armstrong
        arrowsmith ashby ashcroft ashman ashworth askew aspinall astley atherton atkins atkinson
        attwood atwood ayres bacon badger bagley bagshaw bain baines baird baker ball bamford
        bancroft banks bannister barber bardsley barker barlow barnard barnes barnett baron barron
        barrow bartlett barton bass bassett batchelor bateman bates bateson batty baugh bayley
        beadle beal beard beattie beaumont beck bedford beech begum belcher bell bellamy beresford
        berger berry best betts beveridge bickerton biggs billings billington binns birch bird
        birkett birtles bishop black blackburn blackman blackmore blackwell blakeley bland bloggs
        bloom bloomfield blunt blythe boardman bolton bond bonner boon boot booth bostock boswell
        bott bourne bowden bowen bower bowers bowles bowman box boyce boyle brace bradbury bradford
        bradshaw brady bragg braithwaite bramley bray brennan brewer brewster bridge bridges briggs
        bright brighton briscoe bristow britton broad broadbent broadhurst brookes brooks brough
        broughton brown browne browning buchanan buckingham buckland buckley bull bullock bunting
        burbidge burch burden burgess burgoyne burke burnett burnham burnley burns burr burrell
        burroughs burrows burton busby bush butcher butler butterfield butterworth button byrne
        bywater cadman cahill caldwell callaghan callahan callow calvert canning cannon carey
        carlisle carmichael carney carpenter carr carrington carroll cartwright cassidy castle
        cattell catterall chadwick chalmers chamberlain chambers champion chan chaplin chapman
        charlton chatterton cheetham childs chilton chisholm christie church churchill clarke clegg
        clements close clough coates cobb cochrane cockburn coleman coles colley collier collingwood
        collins collinson collis compton connelly connolly conroy constable conway cook cooke
        cookson coombes coombs cope copeland corbett corcoran cordon cornish cornwell costello
        cotton coulson coulter court cowan coward cowell cowley cox coyle crabtree crane craven
        crawford crawley crawshaw crisp croft crompton crook crosby cross crossley crouch crowe
        crowley crowther cruickshank cullen culshaw cummings cummins cunningham curran currie curry
        cutler daly daniels darby darling dash davenport davidson davies davison dawes dawkins day
        deacon deakin dearden delaney dempsey denham denney denton derbyshire devine dewhurst
        dhillon dickens dickinson dickson diggle dingle ditchfield dixon dobbs dobson docherty dodd
        dodds dodgson doherty dolan donaldson donnelly donoghue doran dover dowd dowling downes
        downing downs doyle draper driscoll drummond drury ducksworth duckworth duffy dugdale dunbar
        dunlop dunn dunne dutton dwyer dyer dyson eames eastwood eaton eccles eccleston edge edmonds
        edmondson edmunds edwards egan elder eldridge elkington ellison emery england english
        entwistle etheridge evans evers ewing fairbairn fairclough fairhurst faulkner fawcett fearn
        fell fenton fenwick fernandes fernandez ferris field fielding fields finch findlay firth
        fish fisher fitzgerald fitzpatrick flanagan fleming flint flood flower flowers foley forbes
        foreman forrester forshaw forster forsyth fortune foulkes fountain fowler freeman french
        frost fry fuller furness gale gallacher gallagher galloway gamble garcia gardiner gardner
        garland garner garnett garside gates gaunt gee gerrard gibb gibbons gibbs giblin gibson
        gillespie gilmore gilmour gittins gleave gledhill glover glynn goddard gold goldberg
        goldsmith gomez gonzalez gooch good goodall gooding goodman goodwill goodwin goodyear gore
        gorman gough gould grainger granger grantham gray greaves green greenaway greenfield
        greenhalgh greenwood greer gregson grey grice griffiths grimes grimshaw grove groves grundy
        guest gunn gupta guthrie hackett haddock hadfield hague haigh haines hale hall hallam
        halliday halliwell halsall halstead hamer hammond hampson hampton hancock hand hanson
        harding hardman hardwick hargreaves harker harkness harman harmer harpersmith harrington
        harrop hart harwood haslam hassall hastings hatch hatfield hatton hawes hawk hawkins hawley
        hawthorn hay haydock hayes hayward haywood hazell head healey healy heap heathcote heaton
        hebden hedges helm hemmings henderson henshaw hepburn hepworth herd heron herring hewitt
        hewson heywood hibbert hickey hickman hicks hickson higgins higginson higgs higham hilditch
        hill hinchliffe hindle hindley hines hirst hitchcock hoare hobbs hobson hodge hodges
        hodgkins hodgkinson hodgson hogan hogg holbrook holder holdsworth holland hollis holloway
        holman holmes holroyd holt hood hook hooper hopkins hopkinson hopper hopwood horn hornby
        horner horrocks horsfall horton hough houghton houlihan house houston howarth howe howell
        howells howes howlett hoyle huang hubbard hughes hulme hume humphreys humphries hunt
        hunterjones huntley hurley hurst hussey hutchings hutchinson hutchison hutton hyde hylton
        ibbotson iles illingworth ince ingham ingram inman irvine isherwood ives ivory jacks jacobs
        jacobson jaques jardine jarman jefferies jeffery jeffreys jenkins jenkinson jenner jennings
        jessop jewell jewitt johns johnson johnston jones judge kaur kavanagh kaye kearney keating
        keen kellett kelsall kelso kemp kendall kennedy kenyon kerr kershaw keys khan kidd kilbride
        kilner kinder kingston kinsella kirkham kirkpatrick kirkwood kitchen kitchin knibbs knight
        knighton knott knowles knox kumar lafferty laing laird lamb lancaster lane lang langley
        large larkin last latham laverty law lawless lawton lay leach leadbetter leary leather leck
        ledger leech lees legg lever levy lightfoot lilley lindley lindsay linton lister little
        littlewood livesey livingston livingstone lloydjones lock locke lockwood lomas long
        longbottom longden lopez lord lovell lovett low lowe lowry lowther luckett lumb lunn lyall
        lynch lyon lyons macdonald macey macgregor machin mackay mackie maclean macleod macmillan
        macpherson madden maddison maguire maher mahmood mahoney major makin mallon malone mann
        manning mansell mansfield marks marland marples marriott marsden marsh marston martinez
        masters mather matheson matthews mcallister mcbride mccabe mccall mccann mccarthy mccormack
        mccoy mcculloch mcdermott mcdonald mcdonnell mcewan mcfadden mcfarlane mcgee mcginley
        mcgowan mcgrath mcgregor mcguire mchugh mcintosh mcintyre mckay mckee mckenna mckinley
        mclaren mclaughlin mclean mcleod mcmahon mcmillan mcnally mcnamara mcneil mcneill mcphee
        mcpherson mcqueen mcvey mead meadows meek mehta melia mellor mercer metcalfe meyer middleton
        miller milligan millington mills millward milne milner minto mistry molloy molyneux monaghan
        monk moody mooney moorcroft moore moorhouse moran moreton morrison morrow morton moseley
        moss mossgreen mottram mount moyle muir mulligan mullins munday munro myers nash naylor
        neill nesbitt newbury newell newman nguyen nicholls nichols nicholson nicol nixon noble noon
        north norton nowak nunn nuttall oates obrien obyrne oconnor odell odonnell odonoghue ohara
        okeefe olaleary oldfield oldham oleary ollerenshaw omalley oneill openshaw orchard oreilly
        orme ormerod orr orton osborn oshea osullivan otter outhwaite overton owens oxley packer
        padgett page paget paine painter park parkes parkin parkinson parks parr parrish parry
        parsons partington partridge pascoe pate patel paterson paton patterson pattison payne
        peacock peak pearce pearse pearson peck peel pemberton pender pendlebury penn pennington
        pepper perkins perrin peters petersen petty phelps philips phillips philpott phipps
        pickering pickford pickles pickup piggott pike pilkington pinder piper pitt plant platt
        plummer pollard pollitt pollock poole pope popplewell portman potter potts poulter pounder
        powell power pratt preece prentice prescott price priestley prior pritchard probert proctor
        prosser protheroe pryce pryor pugh pullen purcell purdy purnell putnam pye pyke quick
        quigley quirk rabbit radcliffe radford rai rainford raistrick ramsbottom ramsden randle
        rankin ratcliffe ravenscroft rawlings rawlinson rawson rayner raynor rea read reader reddy
        redfern redford redhead redman redmond reeve renshaw reynolds rhodes rice richards
        richardson rickard ricketts riddell rider ridgway rigby rimmer ritchie rivers roach robb
        robbins roberson roberts robertsjones robertson robins robinson robson roche rodgers
        rodriguez roe rogers rollinson rooney roper rosen rothwell round rowe rowlands rowley royle
        rudd ruddock rushton rushworth rutherford rutter sadler sagar sales salmon salt salter
        sampson samuels sanders sanderson sandford sandhu sands santos sargent saunders saville
        saxton sayer scales scarborough schofield scholes scully seaman searle seddon segal sellers
        senior sergeant seward sewell shackleton shah sharma sharman sharp sharpe sharples sharrock
        shaw sheehan shelton shepherd sheppard sheridan sherwood shields shipley short shuttleworth
        sidhu silva silver sim simmonds simmons simms simons simpson sims singer singh singleton
        skelton skinner slack slade slater slattery sleigh sloan small smalley smart smedley
        smethurst smith smithson smyth snape sneddon snell snow snowden southall southern southgate
        southworth sparks sparrow spears speight spence spicer spiers spooner spring stafford
        stainton staley stanford stannard stansfield stanton staples stead steel steele steer
        stephens stephenson stevens stevenson stirling stock stockdale stocks stockton stoddart
        stokes stone storey stott strange stratton street strickland stringer strong stubbs sturgess
        sugden sullivan summers sumner surtees sutcliffe sutherland sutton swain swallow swan swann
        sweeney sweet swift swindells sykes symonds symons szymanski tait talbot tanner tatlock
        tattersall tench tennant thackeray thatcher thirlwell thistlethwaite thomasson thompson
        thomson thorn thorne thornhill thornley thornton thorpe threlfall tidswell tiller timms
        tinker tinsley titley titterington toft tolley tomlin tomlinson tong tonge topham topping
        towers towler townend townley townsend travers travis treacy tremlett trickett trotter tuck
        tully turnbull turner turton tutton twigg tyldesley tyrrell underhill underwood unsworth
        unwin uren urquhart usher vale varley vasey veitch venables vickers vine viney vinson
        wadsworth wagstaff wainwright waite wakefield wakeman walden waldron wale walford walkden
        wall waller wallis walmsley walsh walters walton wang warburton warden ware waring warner
        warrington waterhouse waters waterworth watkins watkinson watling watson watt watts waugh
        weaver webb webber weir welch weller wellington wellman wells welsh wentworth west westbrook
        westwood whalley wharton wheatley wheeler wheelhouse whelan whitaker whitbread whitby
        whitcombe white whitehead whitehouse whitelaw whiteley whiteside whitfield whiting whitley
        whitlock whitmore whittaker whittington whittle whitworth whyte wicks widdowson wiggins
        wilcock wilcox wild wilde wilding wildman wilkes wilkins wilkinson wilks willett williams
        williamsjones williamson willoughby wills wilmot wilton winder windsor winfield wing
        wingfield winn winstanley winter winterbottom winters wise wiseman withers wolfe
        wolstenholme womack wong wood woodburn woodcock woodhead woodhouse woodman woodruff woods
        woodsmith woodward woodworth wooldridge woolf woolley wooton wordsworth worrall worsley
        worth worthington wragg wraith wright wrigley wylie wynn yardley yarwood yates yeates yeoman
        yeung young younger youngs zhang zhou
        """
}
