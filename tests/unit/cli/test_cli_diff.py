"""What ``imagebuild diff`` prints for terminals, comments, browsers and programs; any text is safe in any of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hostile_text import HOSTILE
from markdown_it import MarkdownIt

from imagebuild.cli.change.compared import Compared
from imagebuild.cli.change.markdown import MOST, Addresses, change_markdown, marker
from imagebuild.cli.change.page import change_page
from imagebuild.cli.change.view import change_lines
from imagebuild.cli.markup import html_text, markdown_text
from imagebuild.cli.text import clean, plain
from imagebuild.comparison.change import Change, Comparison, FileChange, Kind, Shown
from imagebuild.comparison.revision import Revision
from imagebuild.cost import Cost
from imagebuild.digest import digest_bytes
from imagebuild.reason import Reason
from imagebuild.repository import Repository
from imagebuild.testing import png

RAW = Addresses("https://example.org/we/site/raw/aaa/", "https://example.org/we/site/raw/bbb/")
GAP = "\u200b"


def compared(
    *changes: Change, folder: str = "", base: str = "main", stored: Callable[[str], bytes | None] = lambda digest: None
) -> Compared:
    revision = Revision(Path(), Repository(Path()), None, stored)
    return Compared(Comparison(changes), revision, base, "abcdef0123456789", folder)


def change(name: str = "hero", note: str = "a -> b", path: str = "images/hero.png", **other: Any) -> Change:
    path = as_path(path)
    before = Shown(digest_bytes(b"before"), "image/png", path, raw=True)
    after = Shown(digest_bytes(b"after"), "image/png", path, raw=True)
    files = (FileChange(path, before.digest, after.digest, name), FileChange(path + "2", None, after.digest, name))
    given: dict[str, Any] = {
        "kinds": ("changed", "frozen"),
        "before": before,
        "after": after,
        "waiting": after,
        "was": name,
        "reasons": (Reason("changed", note, note, note, note),),
        "cost": Cost.exactly(0.04),
        "files": files,
    }
    return Change(name, **{**given, **other})


def as_path(text: str) -> str:
    """``text`` as a file system could give it: of halves of characters the others, and no endless name."""
    return text.replace("\ud800", "\udc80")[:250]


class Outline(HTMLParser):
    """The tags of a page with the names of their attributes, its links, and its texts."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.links: list[str] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def rendered(markdown: str) -> Outline:
    return Outline(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_changes_what_a_comment_is_made_of(text: str) -> None:
    harmless = rendered(change_markdown(compared(change(), base="main", folder="site/"), RAW))
    hostile = rendered(change_markdown(compared(change(text, text, text), base=text, folder=f"{as_path(text)}/"), RAW))
    assert hostile.tags == harmless.tags
    assert all(link.startswith(("https://example.org/we/site/raw/aaa/", RAW.after)) for link in hostile.links)
    assert all(re.fullmatch(r"https:[\w/.%~-]+", link) for link in hostile.links)


@pytest.mark.parametrize("text", HOSTILE)
def test_github_finds_nothing_to_link_in_a_text(text: str) -> None:
    shown = " ".join(
        rendered(change_markdown(compared(change(text, text, text), base=text, folder=f"{as_path(text)}/"), RAW)).texts
    )
    assert not re.search(r"@\w|#\w|:[\w+-]+:|://|mailto:\w|\bwww\.|\bGH-", shown, re.IGNORECASE)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f]", shown)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_reader_sees_the_text_as_it_is(text: str) -> None:
    wanted = " ".join(clean(text).split()).replace(GAP, "")
    assert "".join(rendered(f"x {markdown_text(text)} y").texts).strip().replace(GAP, "") == f"x {wanted} y"
    assert "".join(Outline(html_text(text)).texts).replace(GAP, "") == wanted


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_changes_what_a_page_is_made_of(text: str) -> None:
    def page(text: str, path: str) -> str:
        return change_page(compared(change(text, text, path), base=text, stored=lambda digest: png(2, 2)))

    hostile = Outline(page(text, text))
    assert hostile.tags == Outline(page("plain", "plain")).tags
    assert all(link == "data:," or link.startswith("data:image/png;base64,") for link in hostile.links)
    assert "##[" not in page(text, text)
    assert not re.search(r"^\s*::", page(text, text), re.MULTILINE)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_a_row_of_a_table(text: str) -> None:
    rows = [row for row in change_markdown(compared(change(text, text, text)), RAW).splitlines() if row[:1] == "|"]
    assert [row.count("|") for row in rows] == [6, 6, 6]


@pytest.mark.parametrize("number", [1, 30, 31, 400, 20_000])
@pytest.mark.parametrize("text", ["hero", "@" * 300, "<" * 5000, "\U0001f600" * 300, "字" * 300])
def test_a_comment_always_fits(number: int, text: str) -> None:
    changes = [change(f"{at} {text}", text, text) for at in range(number)]
    markdown = change_markdown(compared(*changes), RAW)
    assert len(markdown) < 65_536
    assert len(markdown) <= MOST
    rows = [row for row in markdown.splitlines() if row.startswith("| **")]
    told = re.search(r"^And (\d+) more", markdown, re.MULTILINE)
    assert len(rows) + (int(told[1]) if told else 0) == number
    assert rows
    assert ("<details>" in markdown) == (len(rows) > 30)
    assert rendered(markdown).tags.count(("details", ())) == (len(rows) > 30)


def test_the_first_line_is_the_mark_of_the_project() -> None:
    assert marker("") == "<!-- imagebuild-diff -->"
    marks = {change_markdown(compared(folder=name), RAW).splitlines()[0] for name in ("", "a/", "b/", "--><b>/")}
    assert len(marks) == 4
    assert all(re.fullmatch(r"<!-- imagebuild-diff( [0-9a-f]{12})? -->", mark) for mark in marks)


def test_pictures_are_shown_where_git_has_them_and_somebody_says_how_they_are_reached() -> None:
    def links(each: Change, addresses: Addresses) -> list[str]:
        return rendered(change_markdown(compared(each, folder="my site/"), addresses)).links

    whole = change(path="images/a b#1.png", waiting=None)
    assert links(whole, RAW)[1::2] == [f"{url}my%20site/images/a%20b%231.png" for url in (RAW.before, RAW.after)]
    assert links(whole, Addresses()) == []
    assert links(change(before=None, after=Shown("f" * 64, "image/png", "x.png", raw=False), waiting=None), RAW) == []
    assert links(change(before=None, after=Shown("f" * 64, "text/css", "x.css", raw=True), waiting=None), RAW) == []


def test_a_picture_that_waits_stands_below_the_one_that_stays() -> None:
    waiting = Shown("f" * 64, "image/png")
    row = change_markdown(compared(change(kinds=("waiting",), waiting=waiting)), Addresses()).splitlines()[-1]
    assert "waits for review:<br><code>ffffffff</code>" in row
    assert "**hero**<br>waits for review" in row


def test_a_dollar_is_no_formula() -> None:
    markdown = change_markdown(compared(change(), change("b")), RAW)
    assert "$" not in markdown
    assert "bought for $0.08" in " ".join(rendered(markdown).texts)


def test_the_page_holds_pictures_up_to_a_bound_and_names_the_others() -> None:
    large = png(2, 2) + b"\0" * 5_000_001
    found = {digest_bytes(b"before"): png(2, 2), digest_bytes(b"after"): large}
    page = change_page(compared(change(waiting=Shown("f" * 64, "image/png")), stored=found.get))
    assert page.count("<img ") == 1
    assert "too large for this page: 5.0 MB" in page
    assert "not on this machine" in page
    fits = png(2, 2) + b"\0" * 4_900_000
    many = change_page(compared(*[change(waiting=None) for _ in range(6)], stored=lambda digest: fits))
    assert many.count("<img ") == 8


def test_what_is_no_picture_is_never_put_into_the_page() -> None:
    page = change_page(compared(change(), stored=lambda digest: b"<html><script>alert(1)</script>"))
    assert page.count("<img ") == 0
    assert "script" not in page


def test_the_page_asks_for_nothing_and_runs_nothing() -> None:
    page = change_page(compared(change(), stored=lambda digest: png(2, 2)))
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy
    assert policy[1].startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    assert "<script" not in page
    assert "style=" not in page


EVERY_KIND: tuple[tuple[Kind, str], ...] = (
    ("added", "new"),
    ("removed", "removed"),
    ("renamed", "renamed"),
    ("waiting", "waits for review"),
    ("picked", "another pick"),
    ("adopted", "adopted"),
    ("reviewed", "reviewed"),
    ("frozen", "frozen"),
    ("unfrozen", "no longer frozen"),
    ("described", "other alt text"),
    ("files", "other files"),
)


@pytest.mark.parametrize(("kind", "word"), EVERY_KIND)
def test_every_kind_has_its_word_everywhere(kind: Kind, word: str) -> None:
    each = compared(change(kinds=(kind,)))
    assert plain(change_lines(each)[0]).startswith(word)
    assert f"1 picture differs from main (abcdef01): 1 {word}; bought for $0.04" in plain(change_lines(each)[-1])
    assert f"<br>{word} |" in change_markdown(each, RAW)
    assert f'<span class="kind {kind}">{word}</span>' in change_page(each)


def test_without_a_repository_there_is_nothing_to_compare_with(cli: Any) -> None:
    answer = cli("diff")
    assert answer.code == 2
    assert "lies in no git repository" in answer.err


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//x", "https://x/a b", 'https://x/"', "https://x/?a", "x"])
def test_an_address_that_is_none_is_refused(cli: Any, url: str) -> None:
    answer = cli("diff", "--before-url", url)
    assert answer.code == 2
    assert "'--before-url' is no plain address of a folder" in answer.err
