"""The viewer itself: a server in a thread of its own, on the loopback interface alone."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from imagebuild import Served, Studio, Viewer
from imagebuild.errors import PluginError, UsageError

if TYPE_CHECKING:
    from uvicorn import Server

    from imagebuild_gallery.server.application import Closing

__all__ = ["GalleryViewer"]

_HOST = "127.0.0.1"
_KEEP_ALIVE = 30  # seconds that an idle connection stays
_CONNECTIONS = 200
_PATIENCE = 10.0  # seconds for the server to begin, and to end


class GalleryViewer(Viewer):
    """Serves the gallery by starlette and uvicorn."""

    name = "gallery"
    version = "1"

    def serve(self, studio: Studio, *, port: int, say: Callable[[str], None]) -> Served:
        """Begin to serve at 127.0.0.1; see :meth:`imagebuild.Viewer.serve`."""
        try:
            import uvicorn

            from imagebuild_gallery.server.application import Closing, application
        except ImportError as error:
            hint = 'pip install "imagebuild-ai[gallery]"'
            raise PluginError(f"the gallery needs starlette and uvicorn: {error}", hint=hint) from error
        listening = _bound(port)
        closing = Closing()
        taken: int = listening.getsockname()[1]
        config = uvicorn.Config(
            application(studio, port=taken, closing=closing, say=say),
            log_config=None,
            access_log=False,
            server_header=False,
            ws="none",
            lifespan="off",
            timeout_keep_alive=_KEEP_ALIVE,
            timeout_graceful_shutdown=2,
            limit_concurrency=_CONNECTIONS,
        )
        return ServedGallery(
            uvicorn.Server(config), listening, closing, f"http://{_HOST}:{taken}/?token={studio.token}"
        )


class ServedGallery(Served):
    """The server at work."""

    def __init__(self, server: Server, listening: socket.socket, closing: Closing, address: str) -> None:
        self.address = address
        self._server = server
        self._closing = closing
        self._thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listening]}, name="imagebuild-gallery", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """End every stream and the thread."""
        self._closing.begin()
        self._server.should_exit = True
        self._thread.join(_PATIENCE)


def _bound(port: int) -> socket.socket:
    """A socket that listens on this machine alone. Raises ``UsageError`` for a port that cannot be had."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # on Windows another program could listen beside us
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((_HOST, port))
        listening.listen(128)
    except (OSError, OverflowError) as error:
        listening.close()
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UsageError(f"port {port} cannot be used: {reason}", hint="choose another with '--port'") from error
    return listening
