"""The words a prompt is read with. Each table goes from what is meant to the words and phrases that say so."""

from __future__ import annotations

from collections.abc import Mapping

from imagebuild_sketch.wordset import wordset

__all__ = [
    "COLOURS",
    "FEATURES",
    "FORMS",
    "MOODS",
    "NUMBERS",
    "PERSONS",
    "PLACES",
    "SEASONS",
    "STYLES",
    "TIMES",
    "WEATHER",
]

Table = Mapping[str, str]
"""Meaning, and its words separated by commas."""

FORMS: Table = {
    "emblem": "logo,logotype,icon,app icon,emblem,badge,sticker,favicon,brand mark,crest,pictogram,glyph",
    "pattern": "pattern,seamless,tileable,wallpaper,wrapping paper,textile,fabric print",
    "abstract": (
        "abstract,flowing shapes,shapes,gradient background,gradient,texture,textured,plain background,geometric,"
        "composition of shapes,swirls,waves of colour"
    ),
    "diagram": (
        "diagram,flowchart,workflow,pipeline,connected by,connected with,process,architecture diagram,infographic"
    ),
    "portrait": "portrait,headshot,bust,avatar,face of,selfie,profile picture",
    "product": (
        "product,product photo,product shot,packshot,studio shot,mockup,advertisement,bottle of,on a pedestal,plinth"
    ),
}
"""What kind of picture is wanted; stronger than any place."""

PLACES: Table = {
    "forest": "forest,woods,woodland,jungle,grove,rainforest,clearing",
    "city": "city,skyline,street,town,downtown,metropolis,skyscraper,cityscape,new york,paris,tokyo,london,"
    "rooftop,rooftops,market,old town",
    "sea": "sea,ocean,beach,coast,shore,harbor,harbour,island,bay,waves,seaside,lagoon,port,pier",
    "space": (
        "on the moon,on mars,on a planet,space,outer space,galaxy,cosmos"
        ",orbit,nebula,universe,milky way,solar system,asteroid"
    ),
    "interior": "interior,room,kitchen,office,library,living room,reading room,bedroom,study,workspace,workshop,"
    "classroom,studio,indoors,fireplace,sofa,bathroom,attic,home office",
    "table": "desk,table,breakfast,dinner,cafe,picnic,counter,tabletop,brunch,still life",
    "landscape": "landscape,village,mountain,hill,meadow,field,desert,valley,lake,river,garden,farm,park,cliff,"
    "countryside,prairie,dune,canyon,pasture,road,highway,nature,waterfall,volcano,glacier,savanna,vineyard,orchard,pond,"
    "lawn,backyard,campsite,camping,panorama,horizon,sunset,sunrise,steppe,tundra,snow",
}
"""Where the picture plays; the first word of the prompt that names a place wins, ``landscape`` is the weakest."""

FEATURES: Table = {
    "mountain": "mountain,peak,alps,summit,alpine,himalaya,range,volcano",
    "hill": "hill,rolling hills,countryside,vineyard,pasture",
    "lake": "lake,pond,river,lagoon,waterfall,stream,fjord",
    "desert": "desert,dune,sahara,canyon,cactus",
    "cliff": "cliff,rock,headland",
    "road": "road,highway,street,route,path",
    "garden": "garden,park,flowers,flower bed,backyard,lawn,meadow,blooming",
    "beach": "beach,island,palm",
    "underwater": "underwater,under the sea,under water,undersea,coral reef,reef,deep sea,seabed",
    "moon": "moon,moonlight,moonlit,full moon",
    "sun": "sun,sunny,sunshine",
    "stars": "star,stars,starry,starlight,constellation",
    "rainbow": "rainbow",
    "planet": "planet,mars,saturn,jupiter,orbit",
    "nebula": "nebula,galaxy,milky way",
    "desk": "desk,office,workspace,study,home office",
    "reading": "reading,library,bookshelf,books,study,bookcase",
    "kitchen": "kitchen,cooking",
    "bed": "bedroom,bed",
    "fire": "fireplace,campfire,bonfire",
    "window": "window",
    "tile": "app icon,app,tile,rounded",
    "birds": "birds,flock",
    "leaves": "leaf,leaves,foliage",
    "field": "field,wheat,crops,farm",
    "village": "village,hamlet,small town",
    "aurora": "northern lights,aurora,aurora borealis,polar lights",
    "outing": "picnic",
}

TIMES: Table = {
    "night": "night,midnight,nighttime,nocturnal,moonlight,moonlit,starry,after dark,northern lights,aurora,nightfall,"
    "campfire,fireflies",
    "dusk": "dusk,twilight,evening,blue hour,nightfall",
    "sunset": "sunset,golden hour,sundown,setting sun,golden light,late afternoon",
    "dawn": "dawn,sunrise,morning,daybreak,early light,rising sun",
    "day": "day,daylight,noon,midday,afternoon,sunny,daytime",
}

SEASONS: Table = {
    "spring": "spring,springtime,cherry blossom,blossom,april,may morning,bloom,blooming",
    "summer": "summer,summertime,july,august,midsummer",
    "autumn": "autumn,fall colors,fall colours,autumnal,october,in fall,in the fall,halloween,harvest,november",
    "winter": "winter,snow,snowy,ice,icy,frozen,christmas,wintry,arctic,december,frost,frosty,glacier,snowfall",
}

WEATHER: Table = {
    "storm": "storm,stormy,thunder,lightning,thunderstorm,tempest,hurricane",
    "rain": "rain,rainy,raining,drizzle,downpour",
    "snow": "snowing,snowfall,blizzard,snowstorm,falling snow,snowflakes",
    "fog": "fog,foggy,mist,misty,haze,hazy",
    "cloudy": "cloudy,overcast,clouds,grey sky,gray sky",
    "clear": "clear sky,cloudless,clear",
}

STYLES: Table = {
    "watercolor": "watercolor,watercolour,aquarelle,gouache,painted,painting,oil painting,brush strokes,impressionist",
    "isometric": "isometric,isometry,iso view",
    "line": "line art,lineart,line drawing,outline,outlined,ink drawing,pen drawing,sketch,pencil,doodle,coloring page,"
    "colouring page,engraving,monoline,hand drawn,hand-drawn",
    "pixel": "pixel art,pixel,8-bit,8 bit,16-bit,pixelated,voxel",
    "retro": (
        "retro,vintage,1950s,1960s,1970s,seventies,mid century,mid-century,poster,travel poster,art deco,screen print"
    ),
    "neon": "neon,cyberpunk,synthwave,vaporwave,glowing lines,80s,1980s,outrun",
    "mono": "black and white,monochrome,grayscale,greyscale,noir",
    "photo": "photo,photograph,photography,photorealistic,realistic,cinematic,dslr,bokeh,3d render",
    "minimal": "minimal,minimalist,minimalistic,simple,clean",
    "flat": "flat,flat design,flat vector,vector,flat style,cartoon,paper cut",
}

MOODS: Table = {
    "cozy": "cozy,cosy,warm,homely,snug,inviting,hygge,comfortable",
    "calm": "calm,peaceful,serene,tranquil,quiet,gentle,soft,relaxing,dreamy,pastel,still",
    "dark": "dark,gloomy,moody,scary,spooky,ominous,mysterious,dramatic,gothic,haunted",
    "happy": "happy,cheerful,bright,vibrant,colorful,colourful,playful,joyful,fun,vivid,lively",
    "magical": "magical,magic,enchanted,fantasy,fairy,mystical,whimsical,dream,glowing",
    "elegant": "elegant,luxury,luxurious,premium,refined,sophisticated",
    "cold": "cold,chilly,freezing,cool",
}

NUMBERS = {
    "two": 2, "pair": 2, "couple": 2, "both": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "dozen": 12, "several": 4, "many": 7, "some": 3, "few": 3, "group": 4, "bunch": 5, "row": 4,
    "2": 2, "3": 3, "4": 4, "5": 5, "6": 6, "7": 7, "8": 8, "9": 9, "10": 10, "12": 12,
}  # fmt: skip

PERSONS = wordset(
    "woman man girl boy person lady gentleman child kid people human face mother father grandmother grandfather "
    "engineer developer designer scientist doctor nurse teacher student chef artist musician astronaut wizard king "
    "queen princess prince pirate farmer worker businessman businesswoman actor actress"
)
"""Who a portrait may show; ``subject.find`` may know some of them as a whole figure."""

COLOURS = {
    "red": "#d8322f", "crimson": "#b3172f", "scarlet": "#e03a24", "maroon": "#7c2232", "burgundy": "#77203a",
    "ruby": "#b8193f", "cherry": "#c21f3b", "brick": "#a8483a", "vermilion": "#e34a2b", "rust": "#b1532c",
    "orange": "#ee8a2c", "coral": "#f2785c", "salmon": "#f09080", "peach": "#f7b998", "apricot": "#f5b071",
    "terracotta": "#c8694a", "amber": "#f0a927", "copper": "#b8703f", "bronze": "#a5753c", "tangerine": "#f28527",
    "yellow": "#f4c82e", "gold": "#d9a62e", "golden": "#dfae38", "mustard": "#d3a32c", "lemon": "#f6df55",
    "ochre": "#c98f34", "cream": "#f5ead0", "ivory": "#f6f0df", "beige": "#dcc9a6", "sand": "#dfc795",
    "tan": "#c9a576", "khaki": "#b7a46c", "brown": "#80543a", "chocolate": "#5f3a28",
    "green": "#3f9a52", "lime": "#9bcb3c", "olive": "#83883c", "mint": "#9bdcc0", "emerald": "#1f9a6a",
    "sage": "#9db490", "forest-green": "#2f6b41", "jade": "#2f9c7a", "moss": "#6d8344",
    "teal": "#1f8f8f", "turquoise": "#35bdb6", "cyan": "#2cbcd6", "aqua": "#4fcfd0",
    "blue": "#2f6fd0", "navy": "#22386e", "azure": "#3f8fe6", "sky-blue": "#7cc0ec", "cobalt": "#2450b4",
    "royal-blue": "#3458c8", "indigo": "#443a9c", "denim": "#45699c", "sapphire": "#2350a8", "ultramarine": "#2b3fae",
    "light-blue": "#8cc3ec", "dark-blue": "#22407c", "light-green": "#93d08b", "dark-green": "#23613c",
    "dark-red": "#8c1d25", "hot-pink": "#ee4c9c", "light-pink": "#f6c2d2", "pale-blue": "#b8d8ee",
    "purple": "#7d43ac", "violet": "#8650c6", "lavender": "#b7a3de", "lilac": "#c6a6dc", "plum": "#7c3c70",
    "mauve": "#b48ab0", "magenta": "#cc3596", "fuchsia": "#da3da2", "pink": "#ee84ab", "rose": "#e0627f",
    "blush": "#f0bfc0", "white": "#f6f5f1", "black": "#26262c", "grey": "#8f949b", "gray": "#8f949b",
    "silver": "#c0c5cb", "charcoal": "#43474f", "slate": "#5f6d7c", "graphite": "#4a4d53",
}  # fmt: skip
