"""The public test kit: projects written inline, a provider that records what it is asked, contracts to inherit.

In a plugin's ``conftest.py``: ``pytest_plugins = ["imagebuild.testing.fixtures"]``.
"""

from imagebuild.testing.check_contract import CheckContract
from imagebuild.testing.contract import ProviderContract
from imagebuild.testing.desk import Desk
from imagebuild.testing.picture import png
from imagebuild.testing.publisher_contract import PublisherContract, manifest_of
from imagebuild.testing.recorder import RecordingDescriber, RecordingProvider, RecordingStep
from imagebuild.testing.step_contract import StepContract
from imagebuild.testing.store_contract import StoreContract
from imagebuild.testing.world import Plugin, World

__all__ = [
    "CheckContract",
    "Desk",
    "Plugin",
    "ProviderContract",
    "PublisherContract",
    "RecordingDescriber",
    "RecordingProvider",
    "RecordingStep",
    "StepContract",
    "StoreContract",
    "World",
    "manifest_of",
    "png",
]
