"""The public test kit: projects written inline, a provider that records what it is asked, contracts to inherit.

In a plugin's ``conftest.py``: ``pytest_plugins = ["imagebuild.testing.fixtures"]``.
"""

from imagebuild.testing.contract import ProviderContract, StepContract
from imagebuild.testing.picture import png
from imagebuild.testing.recorder import RecordingProvider, RecordingStep
from imagebuild.testing.world import Plugin, World

__all__ = ["Plugin", "ProviderContract", "RecordingProvider", "RecordingStep", "StepContract", "World", "png"]
