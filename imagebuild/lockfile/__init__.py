"""What a project has accepted: the lock, its lines, how it is read, and how two of them become one."""

from imagebuild.lockfile.line import LockLine, Review
from imagebuild.lockfile.lock import Lock
from imagebuild.lockfile.reader import read_line

__all__ = ["Lock", "LockLine", "Review", "read_line"]
