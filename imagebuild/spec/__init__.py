"""imagebuild.yaml: read, checked and resolved into targets.

*source* text and places · *node*, *parser*, *scalar*, *syntax* YAML in bounds · *field*, *check* the grammar ·
*document* files merged · *matrix* variants · *template*, *evaluate*, *expression*, *filter*, *value*, *limit* texts
in bounds · *layer*, *render*, *make*, *resolve* layers to targets · *name*, *folder*, *output*, *claim* ids and paths ·
*schema* what editors and readers see · *load* all of it in order.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from imagebuild.spec.root import SPEC_FILE, find_root
from imagebuild.spec.spec import Spec

__all__ = ["SPEC_FILE", "Spec", "find_root", "load_spec"]


def load_spec(root: Path, file: str = SPEC_FILE, *, environ: Mapping[str, str] = MappingProxyType({})) -> Spec:
    """The spec ``file`` of the project in ``root``, with ``environ`` for its providers' settings.

    Raises `SpecError` with every problem, in the order of files and lines.
    """
    from imagebuild.spec import load  # what reads a spec is not needed where a compiled one is fresh

    return load.load_spec(root, file, environ=environ)
