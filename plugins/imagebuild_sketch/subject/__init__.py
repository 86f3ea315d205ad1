"""The subjects the sketch provider can draw, and how a prompt's words find them.

Every path here was composed for this project.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from imagebuild_sketch.subject.animal_farm import FARM_ANIMALS
from imagebuild_sketch.subject.animal_fur import FURRY_ANIMALS
from imagebuild_sketch.subject.animal_sea import SEA_ANIMALS
from imagebuild_sketch.subject.animal_wild import WILD_ANIMALS
from imagebuild_sketch.subject.animal_wing import WINGED_ANIMALS
from imagebuild_sketch.subject.building_home import HOMES
from imagebuild_sketch.subject.building_tall import TALL_BUILDINGS
from imagebuild_sketch.subject.concept import CONCEPTS
from imagebuild_sketch.subject.drink import DRINKS
from imagebuild_sketch.subject.entry import Habitat, Kind, Subject
from imagebuild_sketch.subject.food import FOODS
from imagebuild_sketch.subject.food_more import MORE_FOODS
from imagebuild_sketch.subject.index import Index
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.nature import NATURE
from imagebuild_sketch.subject.object_carry import CARRIED
from imagebuild_sketch.subject.object_device import DEVICES
from imagebuild_sketch.subject.object_home import HOME_OBJECTS
from imagebuild_sketch.subject.object_light import LIGHTS
from imagebuild_sketch.subject.object_office import OFFICE_OBJECTS
from imagebuild_sketch.subject.object_outdoor import OUTDOOR
from imagebuild_sketch.subject.object_room import ROOM_OBJECTS
from imagebuild_sketch.subject.object_tool import TOOLS
from imagebuild_sketch.subject.object_trade import TRADE
from imagebuild_sketch.subject.person import PEOPLE
from imagebuild_sketch.subject.person_plain import STANDING
from imagebuild_sketch.subject.person_trade import TRADES
from imagebuild_sketch.subject.plant_flower import FLOWERS
from imagebuild_sketch.subject.plant_tree import TREES
from imagebuild_sketch.subject.symbol import SYMBOLS
from imagebuild_sketch.subject.tale import TALES
from imagebuild_sketch.subject.vehicle_afar import AFAR_VEHICLES
from imagebuild_sketch.subject.vehicle_road import ROAD_VEHICLES
from imagebuild_sketch.subject.vehicle_work import WORK_VEHICLES

_ALL = (
    *ROAD_VEHICLES,
    *AFAR_VEHICLES,
    *WORK_VEHICLES,
    *HOMES,
    *TALL_BUILDINGS,
    *TREES,
    *FLOWERS,
    *FURRY_ANIMALS,
    *WILD_ANIMALS,
    *WINGED_ANIMALS,
    *SEA_ANIMALS,
    *FARM_ANIMALS,
    *DRINKS,
    *FOODS,
    *MORE_FOODS,
    *HOME_OBJECTS,
    *ROOM_OBJECTS,
    *DEVICES,
    *TOOLS,
    *CARRIED,
    *OFFICE_OBJECTS,
    *LIGHTS,
    *TRADE,
    *PEOPLE,
    *STANDING,
    *TRADES,
    *OUTDOOR,
    *TALES,
    *CONCEPTS,
    *NATURE,
    *SYMBOLS,
)
_INDEX = Index(_ALL)

SUBJECTS: Mapping[str, Subject] = MappingProxyType({subject.name: subject for subject in _ALL})
"""Every subject by its name."""


def find(words: Sequence[str]) -> list[Subject]:
    """The subjects that lower-case prompt words name, in order of appearance, each once.

    Plurals are understood, and the longest name wins: ``hot air balloon`` is not a balloon.
    """
    return _INDEX.find(words)


__all__ = ["SUBJECTS", "find", "Ink", "Subject", "Kind", "Habitat"]
