"""Make public/ of posts, templates and data/images.json, which ``imagebuild build`` wrote: ``python build.py``."""

from __future__ import annotations

import json
import shutil
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).resolve().parent
PUBLIC = HERE / "public"


def read_images() -> dict[str, Any]:
    """What the manifest says of each picture, with addresses and a source for each format, best format first."""
    manifest = json.loads((HERE / "data" / "images.json").read_text("utf-8"))
    images: dict[str, Any] = manifest["images"]
    for name, image in images.items():
        if image["alt"] is None:
            raise SystemExit(f"picture '{name}' has no alt text")
        for file in image["variants"]:
            file["url"] = manifest["base"] + file["file"]
        image["src"] = image["variants"][-1]["url"]
        image["sources"] = [
            (kind, ", ".join(f"{file['url']} {file['width']}w" for file in files))
            for kind, files in groupby(image["variants"], key=lambda file: file["type"])
        ]
    return images


def read_page(path: Path) -> dict[str, Any]:
    """A text file: title and summary on two lines, then paragraphs. A post's name is ``DATE-ID.txt``."""
    head, *paragraphs = path.read_text("utf-8").strip().split("\n\n")
    title, summary = head.splitlines()
    return {"id": path.stem, "title": title, "summary": summary, "paragraphs": paragraphs}


def read_posts() -> list[dict[str, Any]]:
    """All posts, the newest first."""
    posts = []
    for path in sorted((HERE / "posts").glob("*.txt"), reverse=True):
        day = date.fromisoformat(path.stem[:10])
        posts.append({**read_page(path), "id": path.stem[11:], "date": day, "day": f"{day.day} {day:%B %Y}"})
    return posts


def main() -> None:
    """Write every page."""
    loader = FileSystemLoader(HERE / "templates")
    templates = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    templates.globals.update(images=read_images(), site="https://slow-atlas.example/")
    posts = read_posts()
    PUBLIC.mkdir(exist_ok=True)
    shutil.copy(HERE / "templates" / "style.css", PUBLIC)
    pages = {"index": templates.get_template("index.html").render(posts=posts)}
    for index, page in enumerate([*posts, read_page(HERE / "about.txt")]):
        more = (posts[index + 1 :] + posts)[:3]
        pages[page["id"]] = templates.get_template("page.html").render(page=page, more=more)
    for name, text in pages.items():
        (PUBLIC / f"{name}.html").write_text(text, "utf-8")
    print(f"wrote {len(pages)} pages to public/")  # noqa: T201 - a command says what it did


if __name__ == "__main__":
    main()
