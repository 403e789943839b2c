extension WellKnownWords {
    /// Base words: animals and pets, food, colours and nature, school, months and days.
    static let life: StaticString = """
        aardvark akita alligator allosaurus alpaca alsatian animal ankylosaurus anteater antelope
        ape armadillo baboon bandicoot barracuda basset bassethound bat beagle beaver bee beetle
        benji bernese bichon bingo biscuit bison blackbird bloodhound bluebird bluetit boar bobcat
        bonzo boomer boots bordercollie brachiosaurus brandy brontosaurus bubba bubbles budgie
        buffalo bug bulldog bullfinch bullfrog bumblebee bunnies bunny burmese butterflies buzzard
        cairn calf camel caribou cat caterpillar catfish cats cattle cavalier cavapoo chaffinch
        chameleon champ cheetah chick chicken chickens chico chihuahua chimp chimpanzee chinchilla
        chipmunk chowchow clam clownfish cobra cockapoo cockatoo cockerel cockerspaniel cockroach
        cod collie condor cookie copper corgi cormorant cougar cow cows coyote crab croc crocodile
        crow cub cuckoo curlew dachshund daisydog dalmatian deer diesel dingo dinosaur diplodocus
        doberman dodo dog doggie doggy dogs dolphin dolphins domino donkey dormouse dove dragon
        dragonfly dragons dromedary duchess duck duckling ducks ducky eel eland elephant elephants
        elk emu falcon fawn ferdie ferret fido firefly fishes fishy flamingo flash flea fluffy fly
        foal foxy frodo frog froggy frogs fudge gazelle gecko gerbil germanshepherd giraffe giraffes
        gizmo gnasher gnat gnu goat goats goldenretriever goldfinch goldfish goose gopher gorilla
        grasshopper greatdane greenfinch greyhound grizzly gromit groundhog grouse guinea guineapig
        gull guppy hamster hamsters hare harrier hedgehog hen hippo hippopotamus hornet horse horses
        horsey hound hummingbird husky hyena ibex ibis iguana iguanodon impala jackal jackdaw
        jackrabbit jackrussell jaguar jellyfish jet jinx kangaroo kestrel kingcharles kingfisher
        kipper kitten kittens kittycat kiwi koala komodo kookaburra labradoodle labrador lady lambs
        lark lassie lemming lemur leopard lhasa lion lioness lizard llama lobster locust lovebird
        lurcher lynx macaw mackerel maggot magpie mainecoon majesty malamute mallard maltese mammoth
        manatee mandrill mantis marlin marmalade marmoset marmot mastiff meerkat meerkats megalodon
        mermaid mink minnow missy misty mittens moggy mole mongoose mongrel monkey monkeys moose
        mopsy morse mosquito moth mouse muffin mule mussel mutt nala narwhal nero newfoundland newt
        nightingale nutmeg octopus orangutan orca oryx osprey ostrich otis otters owl oyster panda
        pandas panther panthers papillon parakeet parrot parrots patch peanut pebbles pekingese
        pelican penguin penguins persian pheasant pig pigeon piglet pigs pippin piranha pitbull
        platypus plover pluto pointer polarbear polecat pomeranian pongo pooch poodle poppet
        porcupine porpoise prawn princess pterodactyl puffin pug puma pupa puppies puppy puppydog
        puss pussycat puzzle python quail rabbits raccoon ragdoll rambo raptor rascal rat rats
        rattlesnake reindeer reptile retriever rhino rhinoceros ridgeback ringo rolo rooster
        rottweiler rover sable salamander samoyed sardine sausagedog scamp schnauzer scooby
        scoobydoo scorpion scrappy scruffy seagull seahorse seal seals setter shadow shark sharks
        sharpei sheep sheepdog shihtzu shrew shrimp siamese simba skippy skunk skylark sloth slug
        smokey smudge snail snake snakes snoopy snowball snowdrop snowflake snowy snuggles socks
        sooty soxs spaniel sparky spider spiders spinosaurus spot springer squid squirrel squirrels
        staffie staffy stag stallion starfish starling stbernard stegosaurus stickleback stingray
        stoat stork sturgeon sugar sweep tabby tadpole taffy tapir tarantula termite terrapin
        terrier thrush tiddles tiger tigerlily tigger tinkerbell toad toffee tomcat tortoise
        tortoiseshell toucan treacle trex triceratops trooper trout truffle tulip tuna turtle
        turtles twiglet tyrannosaurus unicorn unicorns velociraptor viper vizsla vole vulture
        wallaby walrus warthog wasp weasel weevil weimaraner westie whale whales whippet whiskers
        wildcat wildebeest wolverine wombat woodlouse woodpecker worm yak yorkie zebra zebras zippy

        alcohol aldi ale almond almonds americano apfelwein apple applepie apples apricot argos
        artichoke asda asparagus aubergine avocado bacardi baconbutty baconsandwich bagel baguette
        baileys bakedbeans banana bananas bangers bap barbecue bayleaf bbq beans beef beefburger
        beefcake beer beers beetroot bellaitalia bilberry birdseye biryani biscuits bitter
        blackberries blackberry blackcurrant blackpudding blueberries blueberry bolognese bourbon
        brazilnut bread breadstick breakfast brew brie broadbean broccoli brownie budweiser bun
        burger burgerking burgers burrito butter buttercup butternut butty cabbage cadbury cake
        cakes calzone camembert candy candyfloss cannelloni cappuccino caramel cardamom carling
        carlsberg carrot carrots cashew casserole cauliflower cava cayenne celeriac celery cereal
        champagne chard chardonnay cheddar cheese cheesecake cheesey cheesy cherry chestnut chianti
        chickenwing chickenwings chickpea chicory chilli chipolata chips chipshop chives choccy
        chocolate chocolates chop chorizo chowder chowmein chutney ciabatta cider cinnamon claret
        clove cloves cocacola cocktail cocoa coconut coffee coffeecup cognac coke cola coleslaw
        conference cookies coop coriander corn cornetto cornflakes cornishpasty corona cosmopolitan
        costa costco cottagecheese cottagepie courgette couscous cracker crackers cranberry cream
        creamcake creamtea creme cremebrulee cremeegg cress crisps croissant crouton crumble crumpet
        crumpets cucumber cumin cupcake cupcakes currant currys custard custardcream daiquiri
        dairymilk damson date debenhams decaf dessert dietcoke digestive dill dimsum dinner dominos
        doner donut donuts doughnut drink drinks drpepper dumpling dumplings earlgrey eclair edam
        egg eggs elderberry enchilada endive energydrink espresso fajita falafel fanta fennel feta
        fig fillet fishandchips fishcake fishfinger fishfingers flan flapjack flatwhite flour fondue
        food fosters frappe fruit gammon garibaldi garlic gateau gelato ghee gherkin gin ginandtonic
        gingerbeer gingerbiscuit gingerbread gintonic glenfiddich gnocchi gooseberry goulash granola
        grape grapefruit grapes grappa gravy greengage greens greentea greggs grill guacamole guava
        guinness haggis halfords halloumi ham hamburger haribo harrods hash hazelnut heineken heinz
        hobnob homebase horseradish hotchocolate hotdog houmous hummus icecream icecube icing ikea
        irnbru jackdaniels jaffa jaffacake jagerbomb jagermeister jam jamtart jdsports jelly
        jellybaby jellybean jellybeans johnlewis johnniewalker juice kahlua kale kebab kedgeree
        kelloggs ketchup kfc kitkat kiwifruit kohlrabi korma kronenbourg kumquat lager lard lasagna
        lasagne latte leeks lego lemon lemonade lemonsqueezy lentil lettuce lidl lime liqueur
        lollipop lollipops lolly lucozade lunch lunchtime lychee macadamia macaroni macaroon
        macchiato maccies madeira malibu malt maltesers mandarin mange mangetout mango mangoes
        margarine marjoram marmite marrow marshmallow marshmallows martini marzipan masala mash
        matalan mayonnaise mccain mcdonalds meat meatball meatballs meatloaf melon meringue merlot
        milk milkshake milkytea milkyway mince mincemeat mincepie minstrels mint mocha mojito
        moonshine morrisons moussaka mousse mozzarella muesli muffins mulledwine mushroom mushrooms
        mustard naan nachos nandos nectarine nescafe nestle newlook nextdirect noodle noodles nougat
        nut nutella nuts nutty oatcake oats okra omelette onion onions orange orangejuice oranges
        oregano oreo oreos ouzo paella pakchoi pakora pancake pancakes panini papaya paprika
        parmesan parsley parsnip passionfruit pasta pastie pastry pasty pavlova pcworld peach
        peanutbutter peanuts pear pears peas pecan penne peppercorn pepperoni peppers pepsi peroni
        persimmon pesto physalis pickle picnic pie pies pimms pims pinacolada pineapple pinot pint
        pistachio pizza pizzahut pizzas playdoh ploughmans plum plums polo pomegranate pomelo
        popadom popcorn poppadom pork porkchop porkpie porridge port potato potatoes potnoodle
        poundland prezzo primark pringles profiterole prosecco prune pudding puddings pumpkin punch
        quiche quince quinoa radish raisin raita ramen raspberries raspberry ravioli redbull
        redcurrant redwine relish rhubarb ribena ricepudding rioja risotto riverisland roast
        roastdinner rocket roll rosewine rum rumandcoke runnerbean sage sainsbury sainsburys salad
        salami salsa sambuca samosa sandwiches sangria satsuma sauce sausage sausageroll sausages
        sauvignon scampi schnapps scone scones scotch screwfix scrumpy seafood selfridges sesame
        shallot shandy sharonfruit shepherdspie sherbet shiraz shortbread shortcake skittles
        smarties smirnoff smoothie snack snakebite snapple snickers soda sorbet souffle soup spagbol
        spaghetti spice spinach spirits sponge spongecake spoons sportsdirect sprite sprout sprouts
        starbucks starfruit steak stew stilton stirfry stout strawberries strawberry strongbow
        strudel stuffing subway sugarplum sundae sundayroast superdrug supper sushi swede sweetcorn
        sweetie sweeties sweetpotato sweets syrup taco tacos takeaway tandoori tangerine tango tapas
        tarragon tart teabag teacake teacup teapot teatime tempura tequila tesco tetley thyme tiffin
        tikka tikkamasala tiramisu tizer tkmaxx toast toastie toblerone tofu tomato tomatoes tonic
        topshop tortilla trifle truffles turkishdelight turmeric turnip twix unilever vanilla
        vegetable vegetables veggie vimto vindaloo vinegar vodka waffle waffles wagamama waitrose
        walkers walnut wasabi water watercress watermelon weetabix wetherspoons whiskey whisky
        whitewine wholemeal wickes wilko wine winegum wispa woolworths wotsits wrap yam yeast
        yoghurt yogurt yorkshirepudding yorkshiretea

        acorn air aliens allotment aluminium amethyst andromeda anemone aqua aquamarine aspen aster
        asteroid astronaut avalanche azure babyblue bamboo bark barn bay beach beachball beaches
        begonia beige bigbang blackandwhite blackhole blackthorn blackwhite blizzard blue
        blueandwhite bluebell bluebells blueblue bluey bog bonfire bonsai boulder bouquet bracken
        bramble branch brass breeze breezy briar brook burgundy burning cactus camellia campfire
        canal canyon carbon carnation cave cavern cedar cerulean chamomile charcoal chrome
        chrysanthemum clematis cliffs cloud cloudnine clouds cloudy clover coast coastal cobalt
        color colour colours columbine comet compost conifer cornfield cornflower cosmic cosmonaut
        cosmos countryside cowslip crimson crocus crystals cyan cyclamen cyclone cypress daffodil
        daffodils daisies dandelion dazzle delphinium desert dew diamond diamonds dogrose drizzle
        drought dune dunes dust earth earthquake eclipse elm ember emerald eruption eucalyptus
        evergreen farm farmer farmhouse farmyard fir fire fireplace firework fireworks flame flames
        flowerpot flowery fog foggy forgetmenot foxglove freesia frosty frozen fuchsia fullmoon
        galaxies galaxy garden gardener gardenia gardening garnet geranium glacier gladiolus glitter
        glittery golden gorge gorse granite grass gravel greenhouse greeny harbour harebell haystack
        heatwave hedge helium hemlock hibiscus hills hillside hilltop hollyhock honeysuckle hornbeam
        hurricane hydrangea hydrogen ice iceberg icicle island islands isle jonquil jungle juniper
        jupiter khaki lagoon lake lakes lapis larch larkspur lava lawn lead leaf leaves lightning
        lilac lilies limegreen lobelia lotus lupin magenta magnolia maple marble marigold maroon
        mars martian mauve meadow mercury metal meteor meteorite mimosa mist mistletoe monkeypuzzle
        moon moonbeam moonlight moonstone moor moorland mountain mountains mud muddy narcissus
        nasturtium nature navy navyblue nebula neon neptune nettle newmoon nickel nitrogen northstar
        oak oaktree oasis oceans onyx orbit orchid orchids oxygen palm palmtree pebble peony peridot
        pine pinecone pinetree pink pinky plane planet planets platinum plough plutonium poinsettia
        polaris pond poplar poppies privet puddle puddles purple purpley quartz rain rainbow
        rainbows raindrop raindrops rainfall rainforest raining rains rainstorm rainy red
        redandwhite redred redwhite redwhiteblue redwood rhododendron river riverside rock rockets
        rocks root rosebud rosehip roses royalblue sand sandcastle sandpit sapling satellite saturn
        sea seas seashell seashells seashore seaside seed seedling seeds sequoia shamrock shell
        shells shimmer shiny shootingstar shore shower sirius sky skyblue skylight skyline sleet
        smoke snapdragon snowflakes snowing snowman snowstorm soil solarsystem space spaceman
        spaceship sparkle sparkles sparkly speedwell spruce stable stalk stardust starlight starry
        stars starshine stem stinging storm stormy stream sun sunbeam sunburn suncream sunday
        sunflower sunflowers sunglasses sunlight sunrise sunset sunshine sunspot supernova superstar
        surf swamp sweetpea sycamore tan taupe teal teasel tempest thistle thunder thunderbird
        thunderbolt thunderstorm tide tin titanium topaz tornado tree treehouse trees treetop
        tsunami tulips turquoise twig twinkle twinkles typhoon universe uranium uranus valley
        verbena viburnum village vineyard volcano wallflower waterfall waterfalls waterlily wave
        waves wavy weather weed weeds well whirlwind willowtree wind windy wisteria woodland world
        yellow yew yucca zinc zircon

        academy adhd advent afternoon afterschool alevel alevels algebra always anniversary anytime
        apr arbor arithmetic art artist ashwednesday asperger assembly assistant atlas attainment
        attendance aug autism autumnterm band bankholiday bashstreet bedtime behaviour billion
        biology birthday birthdays blackboard blazer bluecoat boarding boardingschool bonfirenight
        book books bookshelf bookworm boxingday break breakfastclub breaktime bromcom btec
        burnsnight bursar business calculator calculus canteen caretaker celebrate celebration
        certificate chair chalk chalkboard chemistry chess chessclub childprotection choir christ
        christmas christmasday christmaseve christmasholiday christmasplay christmastree class
        classcharts classes classmate classof classroom clubs college comp compass comprehensive
        computer computers computing cookery corridor counsellor coursework cpoms crayon crayons
        daytime ddsl dec decade december decimal degree deputy deputyhead design desk detention deux
        dictionary dinnerlady dinnertime diocese diploma diwali doodle dos double dozen drama drei
        dsl dyslexia easter easterbunny easteregg eastersunday economics ect educate education
        edukey ehcp eid eidmubarak eight eighteen eighty eins eleven encyclopedia equinox eraser
        eton evening everyday exam examination exams exclusion exercisebook eyfs fall fathersday feb
        february felttip fieldtrip fifteen fifth fifty first firstaid five foodtech forestschool
        forever form formroom formtutor forty foundation four fourteen fourth fraction fri friday
        fridayfeeling fridaynight gcse gcses geography geometry german glue gluestick goodfriday
        goodmorning goodnight goodschool governor governors grade grades grammar grangehill greek
        greycoat guyfawkes gymnasium halfterm halloween hanukkah happybirthday happynewyear harvest
        headboy headgirl headteacher highlighter highschool highschoolmusical historian history hod
        hogmanay hogwarts holi holiday holidays hols homework hour hoy hundred ict inclusion
        independent infants infinity inset insetday inspection inspector interactive janitor january
        jul july jumper jun juniors keystage kindergarten kingsschool knowledge lab laboratory latin
        learn learner learning lecturer lent lesson lessons librarian library literacy lollipoplady
        lsa lunchbox malorytowers mar march marker math mathematics mathletics maths mayday media
        medicalroom mentor metalwork midday midnight million minute moment mon monday mondaymorning
        monitor month months morning mothersday multiacademy music musician myconcern nativity never
        newyear newyears newyearseve night nighttime nine nineteen ninety notebook nov november nqt
        number numberone numbers numeracy numero nursery oct october office officeadmin ofsted
        oldschool one onetwo onetwothree onetwothreefour onetwothreefourfive openday orchestra
        outstanding packedlunch pancakeday paper parents parentsevening party partytime passover
        pastoral pen pencil pencilcase pencils pens percentage performingarts philosophy phonics
        photography physical physics pinafore play playground playgroup playing playtime politics
        prefect preschool primaryschool principal professor progress projector protractor pshe
        psychology pumpkins pupil pupils purplemash quatro queensschool quiz ramadan ramadhan
        readingbook reception receptionist recorder register registration religion religious report
        reports requiresimprovement residential revise revision rshe rubber rucksack rugbyschool
        ruler safeguard safeguarding sat satchel saturday saturdaynight scholarpack school schoolbag
        schoolboy schoolbus schoolday schooldays schoolgirl schoolhouse schools schooltime
        schooltrip schoolwork science scientist scissors second secondaryschool senco send sendco
        sep sept september seven seventeen seventy sharpener showmyhomework shrovetuesday single six
        sixteen sixthform sixty slt smartboard smsc sociology solstice sometimes spanish spelling
        spellings sportsday springterm springtime staffroom standrewsday stapler statistics
        stdavidsday stgeorgesday stpatricksday sttrinians student students subject summerbreak
        summerholiday summerholidays summerhols summerterm summertime sundaylunch sundaymorning
        suspension table tapestry tas teach teacher teachers teacherspet teaching technology ten
        term termone termtime test testing tests textbook textiles therapist thesaurus third
        thirteen thirty thousand three thur thurs thursday tie timestables timetable today tomorrow
        tonight treble tres trickortreat trigonometry trillion triple trois trousers trust trustee
        trustees ttrockstars tue tues tutor twelve twenty two uni uniform university uno vacation
        vaisakhi valentines valentinesday waterlooroad wed wedding weddingday week weekday weekend
        weeks whiteboard wintertime wisdom woodwork xmas year yeareight yeareleven yearfive yearfour
        yearnine yearone years yearseven yearsix yearten yearthree yeartwo yesterday zero zwei
        """
}
