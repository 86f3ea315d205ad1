"""Bytes by digest, records of which action made them, what the last build saw, and the way to output paths."""

from imagebuild.store.files import FileDigests
from imagebuild.store.intent import Batch, Intent, Outcome
from imagebuild.store.objects import Damage, ObjectStore
from imagebuild.store.output import DamagedSource, Outputs
from imagebuild.store.record import Record
from imagebuild.store.records import Records
from imagebuild.store.sealed import read_sealed, write_sealed
from imagebuild.store.signature import Signature
from imagebuild.store.state import OutputState, Recall, State
from imagebuild.store.stock import Stock
from imagebuild.store.store import Store, default_home
from imagebuild.store.usage import KnownProject, Usage, Use

__all__ = [
    "Batch",
    "Damage",
    "DamagedSource",
    "FileDigests",
    "Intent",
    "KnownProject",
    "ObjectStore",
    "Outcome",
    "OutputState",
    "Outputs",
    "Recall",
    "Record",
    "Records",
    "Signature",
    "State",
    "Stock",
    "Store",
    "Usage",
    "Use",
    "default_home",
    "read_sealed",
    "write_sealed",
]
