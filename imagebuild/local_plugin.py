"""Plugin files of a project: Python files that the spec names, with the same hooks as an installed plugin."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from msgspec import Struct

from imagebuild.digest import digest_bytes
from imagebuild.errors import Place, PluginError

__all__ = ["LocalPlugin"]


class LocalPlugin(Struct, frozen=True):
    """One file: ``path`` is relative to the project, ``digest`` that of its source, ``place`` where it is named."""

    root: Path
    path: str
    digest: str
    place: Place | None = None

    @property
    def version(self) -> str:
        """What stands for the version of what declares none: another source is another version."""
        return f"source {self.digest[:16]}"

    def load(self) -> ModuleType:
        """Run the file as a module of its own. Raises ``PluginError``."""
        name = f"imagebuild_local_{digest_bytes(self.path.encode())[:12]}"
        try:
            source = (self.root / self.path).read_bytes()
            spec = importlib.util.spec_from_loader(name, loader=None, origin=str(self.root / self.path))
            if digest_bytes(source) != self.digest or spec is None:
                raise PluginError(f"'{self.path}' changed while the project was opened", hint="run the command again")
            module = importlib.util.module_from_spec(spec)
            module.__file__ = str(self.root / self.path)
            sys.modules[name] = module  # where dataclasses and pickle look for it
            exec(compile(source, str(self.root / self.path), "exec"), module.__dict__)  # noqa: S102 - what it is for
        except PluginError:
            raise
        except (Exception, SystemExit) as error:
            where = f"line {error.lineno}: {error.msg}" if isinstance(error, SyntaxError) else repr(error)
            raise PluginError(
                f"the plugin file '{self.path}' cannot be run: {where}",
                place=self.place,
                hint="correct it, or take it out of 'plugins'",
            ) from error
        return module
