"""What a project has accepted: the lock, its lines, how it is read, and how two of them become one."""

from imagebuild.lockfile.line import LockLine, Review
from imagebuild.lockfile.lock import Lock, read_bytes
from imagebuild.lockfile.reader import read_line

__all__ = ["Lock", "LockLine", "Review", "read_bytes", "read_line"]
