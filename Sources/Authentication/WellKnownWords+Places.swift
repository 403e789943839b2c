extension WellKnownWords {
    /// Base words: towns, counties, countries and cities; clubs, players and sports.
    static let places: StaticString = """
        aberaeron aberdeen abergavenny aberystwyth abingdon abuja accra accrington acropolis addis
        addlestone adelaide afghanistan africa agra aintree airdrie alabama alaska albania alberta
        aldeburgh alderney aldershot alfreton algarve algeria alloa alnwick alps alton altrincham
        amazon america amersham amesbury ammanford amritsar amsterdam andes andorra andover anfield
        anglesey angola antarctic antigua antrim antwerp arbroath arctic ardrossan argentina argyll
        arizona arkansas armagh arundel ascot ashbourne ashes ashford ashington asia athens
        atherstone atlanta atlantic auckland australia austria aviemore avon axminster aylesbury
        aylesham ayr ayrshire baghdad bahamas bahrain bakewell bala baldock ballymena ballymoney
        banbridge banbury banff bangalore bangkok bangladesh bangor barbados barcelona barking
        barmouth barnardcastle barnet barnsley barnstaple barra basildon basingstoke bath bathgate
        batley battersea battle beaconsfield bearsden beaumaris beccles beckenham bedale
        bedfordshire bedworth beijing beirut belfast belgium belgrade bellshill belper bengal
        benidorm bennevis bergen berkhamsted berkshire berlin bermuda berwick bethesda bethlehem
        bewdley bexhill bexley bhutan bicester bideford bigben biggleswade billericay billingham
        bilston birkenhead birmingham bishops blackheath blackpool blackwood blaenau blandford
        blaydon bletchley blyth bodmin bognor bogota boldon bolivia bolsover bombay bootle bordeaux
        borehamwood bosnia boston botswana bournemouth bracknell braintree brandshatch brazil brecon
        brentford brentwood bridgend bridgnorth bridgwater bridlington bridport brierley brigg
        brighouse brisbane bristol britain brixham brixton broads broadstairs bromley bromsgrove
        bromyard bronx broxbourne bruges brussels brynmawr bucharest buckinghampalace
        buckinghamshire budapest bude budleigh buenosaires bulgaria bulwell bungay burgesshill burma
        bury bushey bute buxton caernarfon caerphilly cairngorms cairo caithness calais calcutta
        caldicot calgary california calne cam camberley cambodia camborne cambridge cambridgeshire
        camden camdentown cameroon canada canary canberra cannes cannock canterbury canton canvey
        capetown caracas cardiff cardigan caribbean carmarthen carnforth carolina carrickfergus
        carterton casablanca castleford caterham charingcross chatham chatteris cheadle cheam
        chelmsford cheltenham chennai chepstow chertsey chesham cheshire cheshunt chesterfield
        chicago chichester chigwell chile chilterns china chippenham chipping chorley chorlton
        christchurch cirencester clackmannan clacton cleethorpes clevedon cleveland clitheroe clwyd
        clyde clydebank coalville coatbridge colchester coleford coleraine colne cologne colombia
        colombo colorado colosseum colwyn congleton congo connacht connecticut consett conwy
        cookstown copenhagen corby corfu cork cornwall corsham corsica costarica cotswolds coulsdon
        covent coventry cowbridge cowes cradley craigavon cramlington cranbrook cranleigh crediton
        crete crewe crewkerne croatia cromer crowborough crowthorne croydon cuba cuffley cullompton
        cumberland cumbernauld cumbria cumnock cwmbran cyprus czech dagenham dalkeith dallas dalston
        damascus danube darlaston darlington dartford dartmoor dartmouth darwen daventry dawlish
        deal delaware delhi denbigh denmark derby dereham derry desborough detroit devizes dewsbury
        dhaka didcot dieppe diss dolgellau dominica doncaster donegal donington dorchester dorking
        dorset dortmund down downham downpatrick driffield droitwich dronfield droylsden dubai
        dublin dubrovnik dukinfield dulwich dumbarton dumfries dunbarton dunblane dundee dunfermline
        dungannon dunoon dunstable durban durham dursley dyfed ealing earlsfield easingwold
        eastbourne eastkilbride eastleigh eastmidlands ebbw ecuador edenbridge edgbaston edgware
        edinburgh edmonton egham egypt eiffel elgin ellesmere eltham ely emirates emsworth enfield
        enniskillen epping epsom erith eritrea esher essex estonia ethiopia etihad europe euston
        everest evesham exeter exmoor exmouth fakenham falkirk falmouth fareham faringdon
        farnborough farnham faversham felixstowe feltham fermanagh ferndown fife fiji filey finchley
        finland fishguard fleet fleetwood florida folkestone formby forth fortwilliam france
        frankfurt frinton frodsham frome fulham fylde gainsborough galashiels galway gambia ganges
        gateshead gatwick geneva germany gerrards ghana gillingham glamorgan glasgow glastonbury
        glenrothes glossop gloucester gloucestershire goa godalming goodison goole gorleston
        gorseinon gosport gothenburg granada grangemouth gravesend grays greatbritain greece
        greenock greenwich grenada grimsby guatemala guernsey guildford guisborough gujarat guyana
        gwent gwynedd hackney hadleigh hailsham haiti halesowen halesworth halifax haltwhistle
        hamburg hammersmith hampden hampshire hampstead hanoi harare harlech harlem harpenden
        harringay harrogate harrow hartlepool harwich haslemere havana havant haverfordwest
        haverhill hawaii hawick hayle haywards headingley heanor heathrow hebburn helensburgh
        helsinki helston helvellyn hemel hendon henley hereford herefordshire hertford hertfordshire
        hessle hexham heysham highbury highgate highlands highworth himalaya hinckley hiroshima
        hitchin hobart hoddesdon holborn hollinwood hollywood holmfirth holyhead holywood honduras
        hongkong honiton honolulu horley horncastle hornchurch hornsea horsham horwich hounslow hove
        hoxton hucknall huddersfield hull humber humberside hungary hungerford hunstanton huntingdon
        huntingdonshire huyton hyderabad hythe ibiza ibrox iceland idaho ilford ilfracombe ilkeston
        ilkley illinois ilminster immingham indiana indonesia indus inverness inverurie iowa ipswich
        iran iraq ireland islamabad islay isleofman isleofwight islington istanbul italy ivybridge
        jaipur jakarta jamaica japan jarrow jersey jerusalem johannesburg jura kabul kampala kansas
        karachi kashmir kathmandu kazakhstan keighley kenilworth kennington kensington kentucky
        kenya kerala keswick kettering keynsham khartoum kidderminster kidsgrove kidwelly kiev
        kilburn kildare kilimanjaro kilkenny kilmarnock kilwinning kincardine kingsbridge kingscross
        kingswood kinross kirkby kirkcaldy kirkcudbright kirkintilloch kirkwall knaresborough
        knottingley knutsford kolkata korea kos krakow kualalumpur kuwait kyiv kyoto lagos lahore
        lakedistrict lambeth lampeter lanark lancashire lancing lanzarote laos largs larkhall larne
        lasvegas latvia launceston leamington leatherhead lebanon lechlade ledbury leeds leek
        leicester leicestershire leinster leominster lerwick letchworth lewes lewisham leyland
        leyton liberia libya lichfield lille lima limavady limerick lincolnshire lisbon lisburn
        liskeard lithuania littlehampton liverpool ljubljana llandudno llanelli llangollen
        llantrisant loch lochness loire london londonderry lords losangeles lothian loughborough
        loughton louisiana louth louvre lowestoft ludlow lundy lurgan lusaka luton lutterworth
        luxembourg luxor lydd lydney lyme lymington lymm lytham mablethorpe macau macclesfield
        machynlleth madagascar madras madrid maesteg magherafelt maghull maidenhead maidstone maine
        majorca malaga malawi malaysia maldon mallorca malmesbury malta malton malvern manchester
        manhattan manila margate marlborough marrakech marseille maryland maryport massachusetts
        matlock mauritius mayfair mayo mediterranean medway melbourne melksham melton memphis
        menorca merioneth mersey merseyside merthyr mexico miami michigan middlesex midhurst
        midsomer mildenhall milford millennium millom minehead minnesota mirfield mirpur mississippi
        missouri mitcham mogadishu mold monaco mongolia monmouth montana montreal montrose moray
        morecambe morocco morpeth moscow mossley motherwell mountainash mozambique mull mumbai
        munich munster murrayfield musselburgh mykonos nailsea nairn nairobi namibia nantwich naples
        nashville nazareth neath nebraska nepal netherlands nevada newark newcastle newdelhi
        newhaven newjersey newmarket neworleans newport newquay newry newtown newtownabbey newyork
        newzealand niagara nicaragua nice nigeria nile norfolk normandy northallerton northampton
        northamptonshire northolt northumberland northwich norway norwich notting nottingham
        nottinghamshire nottinghill nuneaton oakham oban ohio okehampton oklahoma oldbury
        oldtrafford olney omagh oman ontario oregon orkney ormskirk orpington osaka oslo ossett
        oswestry otley ottawa oundle oxford oxfordshire oxfordstreet pacific paddington padstow
        paignton paisley pakistan palermo palestine panama paraguay parkhead peakdistrict peckham
        peebles pembroke penarth penge penicuik penistone pennines pennsylvania penrith penryn
        penzance pershore perth peru peshawar peterborough peterhead peterlee petersburg petersfield
        petworth pevensey philadelphia philippines phuket piccadilly pinner pitlochry pittsburgh
        plumstead plymouth plymstock pocklington poland pontefract ponteland pontypool pontypridd
        portadown porthcawl porthmadog portishead portland porto portree portrush portsea portslade
        portsmouth portugal pottersbar poulton powys prague prescot prestatyn prestwich prestwick
        princes provence pudsey punjab putney pwllheli pyramid pyrenees qatar quebec queens
        queensland queenstown radlett radnor radstock rainham ramsgate rawalpindi rawtenstall
        rayleigh reading redcar redditch redhill redruth regent reigate renfrew retford reykjavik
        rhine rhondda rhyl richmond rickmansworth riga ringwood riodejaneiro ripon rochdale
        rochester rochford rockies romania rome romford romsey rotherham rotterdam roxburgh rugby
        rugeley ruislip runcorn rushden russia rutherglen ruthin rutland rwanda ryde rye ryton
        sahara saigon sale salford salisbury saltash saltburn saltcoats salzburg samoa sandbach
        sandiego sandown sandwich sanfrancisco santorini saopaulo sardinia sark saudi scafell scilly
        scotland scunthorpe seaford seaham seaton seattle sedgefield seine selby selkirk selsey
        senegal seoul serbia settle sevenoaks severn seville seychelles shaftesbury shanghai
        shanklin sheffield shefford shepperton sheringham shetland shirebrook shoreditch shoreham
        shrewsbury shropshire sicily sidcup sidmouth sierraleone silverstone singapore sittingbourne
        skegness skelmersdale skipton sleaford sligo slough slovakia slovenia smethwick snowdon
        soham soho solihull somalia somerset southafrica southampton southend southport southsea
        southwark southwell southwold spain spalding spennymoor sphinx srilanka stadiumoflight
        staffordshire staines stalbans stalybridge stamford stamfordbridge standrews stanmore
        stansted stapleford stasaph staveley stdavids stevenage stjames stlucia stockholm stockport
        stocksbridge stoke stonehenge stony stornoway stourbridge stourport stowmarket stpancras
        strabane stranraer stratford streatham stroud sudan sudbury suffolk sunderland surbiton
        surrey sussex swadlincote swaffham swanage swanley swansea sweden swindon switzerland sydney
        sylhet syria tadcaster taiwan tallinn tamworth tanzania tasmania taunton tavistock tay
        teddington tees teesside tehran teignmouth telaviv telford tenbury tenby tenerife tennessee
        tenterden tetbury tewkesbury texas thailand thame thames thatcham thetford thirsk thornaby
        thurrock tiber tilbury tipperary tipton tiree tiverton tobago todmorden tokyo tonbridge
        tonga tooting toronto torpoint torquay totnes tottenham toulouse towcester trafalgar
        tredegar trentbridge treorchy tring trinidad troon trowbridge truro tunbridge tunis tunisia
        turin turkey tuvalu twickenham tyne tyneandwear tynemouth tyneside tywyn uckfield uganda
        ukraine ullswater ulster ulverston unitedkingdom upminster uppingham uruguay utah uttoxeter
        uxbridge valencia vancouver vanuatu venezuela venice ventnor vermont vietnam villapark
        vilnius wadebridge wales wallasey wallingford wallsend walsall waltham walthamstow
        wandsworth wantage wapping wareham warminster warsaw warwickshire waterford waterloo watford
        wath wear wednesbury wednesfield welling wellingborough welshpool welwyn wembley westbury
        westerham westmidlands westminster westmorland wetherby wexford weybridge weymouth
        whitchurch whitehartlane whitehaven whitstable wick wicklow widnes wigan wigston wigtown
        willenhall willesden wilmslow wiltshire wimbledon wimborne wincanton winchester windermere
        winnipeg winsford winslow wirral wisbech wisconsin wishaw witham withernsea witney woking
        wokingham wolverhampton wombwell woodbridge woodford woodstock wooler woolwich worcester
        worcestershire workington worksop worthing wrexham wymondham wyoming yarm yarmouth yateley
        yemen yeovil yorkshire zagreb zambia zante zimbabwe zurich

        aberdeenfc accringtonstanley acmilan addicks afcwimbledon aguero alanshearer albatross
        albion alexanderarnold allblacks alli andymurray angler angling anthonyjoshua argyle arsenal
        astonvilla athletics atletico backhand backstroke badminton baggies ballerina ballet
        ballroom bantams barca barmyarmy barnsleyfc baseball basketball bathrugby batsman bayern
        bayernmunich beckham bees bellingham benfica benstokes bergkamp bestie bhoys billshankly
        birdie birminghamcity blackburnrovers blackcats blackpoolfc blades bluebirds bluenoses blues
        bmx bobbycharlton bobbymoore bocajuniors bodyboard bodybuilder bogey boltonwanderers boro
        borussia botham bowler boxer boxing bradfordbulls bradfordcity bradleywiggins breaststroke
        brewers brianclough bristolcity bristolrovers bronze buffon bullseye burtonalbion butterfly
        cambridgeunited canaries canoe cantona captain cardiffcity carlisleunited carpfishing
        castlefordtigers celtic celticfc century chairboys champions championship championsleague
        charltonathletic cheerleader chelseafc cheltenhamtown cherries chesterfieldfc chrishoy
        citizens clarets cobblers codarmy colchesterunited cominghome conversion cornerkick
        cottagers coventrycity coys crawleytown crewealexandra cricket cristiano cristianoronaldo
        crossfit cruyff crystalpalace cycling cyclist dalglish dancer dancing darts davidbeckham
        deadlift debruyne defender derbycounty desertorchid deuce dhoni discus diving djokovic
        doncasterrovers donny dons dressage drogba dundeeunited eagle eagles equestrian ericcantona
        eurocup everton evertonfc exeterchiefs exetercity facup federer fenerbahce ferrari feyenoord
        figo fishing fitness flamengo fleetwoodtown flintoff foden football footie footy forehand
        forest forestgreen formulaone foxes frankel freddieflintoff freekick frontcrawl fury
        galatasaray gascoigne gazza georgebest gers giggs gillinghamfc gills glentoran
        gloucesterrugby glovers goal goalie goalkeeper goals goldmedal golf golfer googly gooner
        grandnational grealish grecians grimsbytown guardiola gullit gunners gym gymkhana gymnast
        gymnastics haaland hamiltonacademical hammers handball harlequins harrogatetown harrykane
        hartlepoolunited hatters hattrick heartofmidlothian hearts hibernian hibs highjump hockey
        holeinone hoops hornets horseriding hotspur huddersfieldtown hulkhogan hullcity hullfc
        hullkr hurdles iceskating imps intermilan ipswichtown iron ironman irons itscominghome
        javelin jensonbutton jessicaennis joeroot jogger jogging johncena johnterry jonnywilkinson
        judo jujitsu jurgenklopp juve juventus karate kayak kayaking keeper kennydalglish
        kevinkeegan kickboxing kilmarnockfc kitesurf klopp kloppo kohli kompany kopite lacrosse
        lagalaxy lampard latics lbw leagueone leaguetwo leedsrhinos leedsunited leedsutd
        leicestercity leicestertigers lewishamilton leytonorient lilywhites lincolncity lineker
        linesman linfield lionelmessi lions liverpoolfc londonirish longjump lutontown mackems
        magpies maldini manchestercity manchesterunited mancity mansfieldtown manunited manutd
        maradona marathon marcusrashford mariners martialarts mattbusby mbappe mcfc medal messi
        middlesbrough midfielder miketyson millers millwall mkdons mofarah morecambefc mosalah
        motherwellfc motocross motogp mountainbike mourinho mufc muhammadali nadal napoli netball
        newcastleunited newportcounty neymar nffc northamptonsaints northamptontown norwichcity
        nottinghamforest nottscounty nufc offside oldhamathletic olympic olympics oneeighty orient
        owls oxfordunited palace paralympic parkrun partick partickthistle pele penalty
        peterboroughunited pilates pilgrims pingpong pirlo plymouthargyle pne pompey ponies pony
        pool portsmouthfc portvale posh potters premierleague premiership prestonnorthend psg qpr
        queensparkrangers racehorse racing raducanu railwaymen raithrovers rams rangers rangersfc
        rashford readingfc realmadrid redcard reddevils redknapp redrum reds referee rhinos rivaldo
        rochdalefc rollerblade ronaldinho ronaldo rorymcilroy rosscounty rotherhamunited rounders
        rovers rower rowing royals roykeane rugbyleague rugbyunion runner running ryangiggs saddlers
        safc sailing sailor saints saka salah salesharks salfordcity saracens schmeichel schumacher
        scrum scunthorpeunited seagulls seasiders senna shankly sharapova shearer sheffieldunited
        sheffieldwednesday shotput showjumping shrewsburytown shrimps siralex sixes sixnations
        skateboard skater skating skier skiing skyblues sledging snooker snowboard snowboarding
        softball southamptonfc speedway spireites springboks sprinter spurs squad squash stags
        stevenagefc stevengerrard sthelens stjohnstone stmirren stockportcounty stokecity stokesy
        stonecold stones streetdance strictly striker suarez sunderlandafc superbike surfer surfing
        suttonunited swans swanseacity swimmer swimming swindontown tabletennis taekwondo tangerines
        tapdance teamgb tendulkar tennis terriers therock thfc thierryhenry threelions tigers
        tigerwoods toffees toonarmy torres tottenhamhotspur totti tourdefrance tractorboys tranmere
        tranmererovers triathlon trippier trophy trotters tryline tykes tysonfury ufc umpire
        undertaker usain usainbolt valiants vandijk verstappen vialli vieira villa villans virat
        volleyball wakefieldtrinity wallabies walsallfc wanderers warne warringtonwolves wasps
        watfordfc waynerooney wednesday weightlifting wenger westbrom westbromwich westham
        westhamunited wicket wiganathletic wiganwarriors wimbledonfc windsurf winger winner winners
        wolves workout worldcup wrestler wrestling wrexhamafc wwe wwf wycombe wycombewanderers
        yellowcard yeoviltown ynwa yoga yorker youllneverwalkalone zidane zumba
        """
}
