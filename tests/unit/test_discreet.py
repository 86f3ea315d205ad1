"""Structs that show and compare only some of their fields."""

from __future__ import annotations

from imagebuild.discreet import Discreet
from imagebuild.plan import Plan
from imagebuild.request import Reference, Request
from imagebuild.target import PublishUse, StoreUse


class Key(Discreet, frozen=True):
    hidden = ("secret",)
    apart = ("seen",)

    name: str
    secret: str
    seen: int = 0


class Other(Discreet, frozen=True):
    name: str
    secret: str
    seen: int = 0


def test_what_is_hidden_stands_in_no_repr() -> None:
    assert repr(Key("a", "sesame", 3)) == "Key(name='a', seen=3)"
    assert "sesame" not in repr(
        (StoreUse("s3://sesame", options={"key": "sesame"}), PublishUse("s3", {"key": "sesame"}))
    )


def test_what_is_apart_makes_no_difference_and_everything_else_does() -> None:
    assert Key("a", "b", 1) == Key("a", "b", 2)
    assert hash(Key("a", "b", 1)) == hash(Key("a", "b", 2))
    assert Key("a", "b") != Key("a", "c")
    assert Key("a", "b") != Key("b", "b")
    assert Key("a", "b") != Other("a", "b")
    assert Key("a", "b") != "a"
    assert Plan((), (), made={1: ()}) == Plan((), ())
    assert Reference("a", load=lambda: b"1") == Reference("a", load=lambda: b"2")
    assert Request("a", hints={"partial_images": 3}) == Request("a")
    assert Request("a", {"size": 1}) != Request("a", {"size": 2})
