"""imagebuild.yaml: read, checked and resolved into targets.

*source* text and places · *node*, *parser*, *scalar*, *syntax* YAML in bounds · *field*, *check* the grammar ·
*document* files merged · *matrix* variants · *template*, *evaluate*, *expression*, *filter*, *value*, *limit* texts
in bounds · *layer*, *render*, *make*, *resolve* layers to targets · *name*, *folder*, *output*, *claim* ids and paths ·
*schema* what editors and readers see · *load* all of it in order · *section*, *incremental*, *outline*,
*excerpt* after an edit, only what it touches.
"""

from __future__ import annotations

from imagebuild.spec.claim import files_of
from imagebuild.spec.excerpt import Excerpt, read_excerpt
from imagebuild.spec.incremental import SpecReader
from imagebuild.spec.load import Parts, load_parts, load_spec
from imagebuild.spec.outline import Outline, outline_of
from imagebuild.spec.root import SPEC_FILE, find_root
from imagebuild.spec.spec import Spec
from imagebuild.spec.written import written_prompts

__all__ = [
    "SPEC_FILE",
    "Excerpt",
    "Outline",
    "Parts",
    "Spec",
    "SpecReader",
    "files_of",
    "find_root",
    "load_parts",
    "load_spec",
    "outline_of",
    "read_excerpt",
    "written_prompts",
]
