"""The 1024 words of a receipt: short, plain, inoffensive.

No two begin with the same four letters, and no two differ by one slip of the pen. The order is
part of the receipts that are out there: never change it.
"""

from __future__ import annotations

_TEXT = """
acorn across actor adapt aerial agree airport album almond along alpine always amber anchor ankle
answer antler anvil apron arcade arena around artist ascend ashore aspen atlas atom attic august
autumn avenue aviator awake award azure bacon badge bagel baker balcony bamboo banana bark basil
basket batch bauble beaver become beef begin behind bell bench beside better beyond bicycle biology
biplane bird biscuit blanket blender blink block bloom blossom boat bonfire bonnet border bottle
boulder bounce bowl bracket braid branch brass bread breeze brick bridge bright bristle bronze brook
brush bubble bucket budget buffalo bugle build bulb bumper bundle bunny burger buzz cabbage cabin
cable cactus cafe calf camel canal candle canoe caravan card carpet carrot cashew castle cedar
celery cellar cement centre chair chalk chapter charm check cheese cherry chess chicken chimney
chorus chutney cinema circle citrus city clap class clean clever cliff climb clipper cloth cloud
clown club coach coast cobalt cobweb coconut coffee coin colour comb comet common compass concert
cone cookie copper coral cork corner cotton country cover coyote cradle crane crater crayon cream
cricket crisp crop croquet cruiser crumb crystal cube cuckoo curry curtain cushion custard cutlery
cycle cypress dahlia dairy damp dance dapple daring dawn decade decent deck deep degree delta denim
dentist depot desert detail diagram dial diamond dice diesel digit dimple dinner diploma direct dish
distant diver doctor dolphin domino donkey doodle door double dough dove dozen dragon drama drawer
dress drift drive drum dune dusk duvet dynamo eager eagle early earring earth easel easy echo
eclipse edit effort either elastic elbow elder elegant element eleven emblem emerald enamel engine
enjoy enough enter equal eraser errand escort estate evening exact example expert explore express
extra eyebrow fabric face falcon famous fancy fanfare farm fashion feather fence fern ferry fiddle
field fiesta fifteen film final finch finger firefly five fixture flag flannel flask flavour fleece
flight flint float floor fluffy flute foam focus folder follow forest forget fortune forward fossil
four frame freckle fresh frog front fruit fudge full funnel future gadget galaxy gallery game gander
garage garden garlic gather gazebo gear general gentle gherkin giant gift giggle giraffe glacier
glad glide glimpse globe glow glue gnome goblet gold gondola goose gopher gorilla gosling grace
grain grammar grand grasp gravy green grey grid grocer group guess guitar gulf gumdrop gymnast habit
hallway hamlet hammer hamster hand happy harbour harmony harp harvest hawk hazel head health hedge
height helmet helper herb heron herring hexagon hickory hiker hill hinge hippo history hobby hockey
holiday home honey hood horizon horn horse hotel humble hundred icing icon idea igloo image income
index indigo indoor inkwell inlet insect inside instead invent invite iris island item ivory jacket
jaguar jangle january jasmine jaunt jeans jelly jersey jetty jewel jigsaw jodhpur joke jotter
journey judo juggle juice jukebox july jumbo junior just kale karate kayak kennel kestrel kettle
kilo kimono kind kiosk kitchen kite kitten kiwi knee knock koala label ladder ladle lagoon lake lamb
lantern laptop large laser lasso lattice laugh laundry laurel leaf league learn lecture left legend
leisure lemon lend lentil leopard lesson level library licence life lilac lily limpet lion liquid
list litre little lizard llama load lobster local lodge logo loop lorry lotion lotus lounge lucky
luggage lullaby lumber lunar lunch lupin lyrics machine magic magnet magpie maize major mallet
mammal mango mantle maple marble march margin mariner market mask matrix meadow measure medal melody
memory mention menu mercury method metro milk mineral minnow mint minute mirror mocha model moment
monday month moon mosaic moss motif motor mouse muesli muffin mule museum music myth napkin narrow
nation nature navy neat nectar needle network never nickel nimble nine noble normal north nose
notice novel nozzle nursery nutmeg nylon oasis oatmeal object oboe oboist obtain obvious ocean
october offer office often olive onion online onward opal open opera opinion orange orbit orchard
oregano organ orient origin ostrich other outdoor outfit outline outside oxygen oyster pack paddle
padlock page paint palace palm pancake panda panel pansy pantry papaya paper parade parcel parsley
party passage pasta path patio pattern peach peanut pebble pelican pencil penguin people pepper
perfect perhaps petal phone photo phrase piano picnic picture pigeon pigment pile pilot pink pioneer
pitch pixel pizza planet plaster plate play plaza plenty plough plum plywood podium poem polish
polka polo pond poplar poppy porch possum potato pottery powder prairie pretty price promise protein
proud public pudding pulley pump pupil puppet purple purse puzzle pyjamas pyramid quail quality
quarry queen quest quick quiet quill quince quiver quiz rabbit raccoon radar radio raffle raft
raisin rally ramble random rapid rattle raven ready real reason recipe record recycle redwood
refresh region relax rent repair reptile rescue resort review rhubarb rhyme rhythm ribbon rich ride
ring ripple robin robot rocket roof rooster royal rubber rugby ruler runner safari salad salmon salt
sample satchel satin saturn sausage scale scarf school science scooter scout screen script scroll
second seed seesaw select senior serve sesame seven shade shampoo sheep shelf sherbet shine ship
shirt shoe shovel shrimp shrub shuttle sibling signal silver similar since sixteen sketch slice
slope small smart smile smooth snack soccer social solar solid sonata south space spaniel spark
spatula speak spell sphere spinach spiral splash sponge spoon sport spray spring sprout spruce
square stable stadium staff stage stamp station stick still stirrup stitch stone stool straw stream
student style subway sugar summer sundial supper swallow sweater swift swing syrup system tadpole
talent tandem taste teapot teeth temple tennis terrace thank thatch theatre theory thick thimble
thing third thistle thread throne thrush thumb thunder ticket tidal tiger timber tinsel tissue title
today tomato tooth topaz total toucan tourist toward towel track trade traffic trail travel treat
trestle trolley tropic trout trumpet trunk tuesday tulip tunic turkey turnip turtle tutor twelve
twenty twist ukulele under uniform until uplift upright urban useful vacuum valley value vanilla
variety vault velvet venture veranda vicar video villa vintage violin visit vitamin vivid voice
volcano volume voyage wagon waiter walnut walrus waltz weave website wedding wheat wheel whisker
willow window winter wombat wonder world woven wreath yacht yeast yoghurt young zebra zigzag zipper
zodiac
"""

WORDS = tuple(_TEXT.split())
