"""Nothing is fetched or told unless the spec asks for a time stamp."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import pyvips
from certifying import Papers, picture, read, sign
from stamping import Authority, is_there

from imagebuild import Picture
from imagebuild.errors import StepError
from imagebuild.testing import png


class Listener:
    """A server on this machine that remembers who asked for what, and answers nothing useful unless it is told to."""

    def __init__(self) -> None:
        asked: list[str] = []
        self.answer: Callable[[bytes], bytes] | None = None
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(f"GET {self.path}")
                self.send_error(404)

            def do_POST(self) -> None:
                asked.append(f"POST {self.path} {self.headers['content-type']}")
                body = self.rfile.read(int(self.headers["content-length"]))
                if listener.answer is None:
                    return self.send_error(503)
                reply = listener.answer(body)
                self.send_response(200)
                self.send_header("content-type", "application/timestamp-reply")
                self.send_header("content-length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)
                return None

            def log_message(self, *args: object) -> None:
                return

        self.asked = asked
        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def listener() -> Iterator[Listener]:
    listening = Listener()
    thread = threading.Thread(target=listening.server.serve_forever, args=(0.01,))
    thread.start()
    yield listening
    listening.server.shutdown()
    thread.join()
    listening.server.server_close()


def pointing(address: str) -> Picture:
    """A picture whose XMP says that its credentials are somewhere else (C2PA 2.4, section 11.5)."""
    image = pyvips.Image.new_from_buffer(png(64, 48), "").copy()
    xmp = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dcterms="http://purl.org/dc/terms/" '
        f'dcterms:provenance="{address}/manifest.c2pa"/></rdf:RDF></x:xmpmeta>'
    )
    image.set_type(pyvips.GValue.blob_type, "xmp-data", xmp.encode())
    return Picture(image.jpegsave_buffer(), "image/jpeg")


def test_credentials_elsewhere_are_not_fetched(valid: Papers, listener: Listener) -> None:
    elsewhere = pointing(listener.address)
    report = read(sign(valid, picture(), elsewhere))
    (failure,) = report.ingredients[0]["validation_results"]["activeManifest"]["failure"]
    assert (report.state, failure["code"]) == ("Valid", "manifest.inaccessible")
    sign(valid, elsewhere, picture())
    assert listener.asked == []


def test_an_authority_is_called_when_the_spec_names_it_and_its_failure_is_told(
    valid: Papers, listener: Listener
) -> None:
    with pytest.raises(StepError, match="there is no time stamp from 'http://127") as caught:
        sign(valid, picture(), picture(), timestamp=f"{listener.address}/stamp")
    assert "leave 'timestamp' out" in str(caught.value.hint)
    assert listener.asked == ["POST /stamp application/timestamp-query"]


def test_a_time_stamp_is_in_the_signature(valid: Papers, listener: Listener, tmp_path: Path) -> None:
    if not is_there() and "CI" not in os.environ:
        pytest.skip("the program openssl, which makes the stamps, is not installed")
    listener.answer = Authority(tmp_path).answer
    made = picture()
    signed = sign(valid, made, picture(width=100), timestamp=f"{listener.address}/stamp")
    report = read(signed)
    assert (report.state, report.failures) == ("Valid", ("signingCredential.untrusted",))
    assert "time" in report.active["signature_info"]
    assert len(signed.data) - len(made.data) < 20_000
