from xml.etree import ElementTree

import pytest
from imagebuild import Provider, ProviderContext, Request
from imagebuild.testing import ProviderContract

from imagebuild_paper.provider import PaperCut

CONTEXT = ProviderContext(target="hills", key="0" * 64)


class TestPaperCut(ProviderContract):
    def provider(self) -> Provider:
        return PaperCut()

    def request(self) -> Request:
        return Request("hills after rain", {"paper": "kraft", "size": "300x200"})


def cut(prompt: str, candidate: int = 1, take: int = 1) -> bytes:
    request = Request(prompt, candidate=candidate, take=take)
    request = PaperCut().resolve(request).request
    return PaperCut().generate(request, CONTEXT).pictures[0].data


def test_the_picture_has_the_size_that_was_asked_for() -> None:
    root = ElementTree.fromstring(cut("hills"))
    assert (root.get("width"), root.get("height")) == ("1200", "800")


def test_prompts_candidates_and_takes_give_other_hills() -> None:
    pictures = {cut("hills"), cut("dunes"), cut("hills", candidate=2), cut("hills", take=2)}
    assert len(pictures) == 4


@pytest.mark.parametrize(
    ("option", "value"), [("paper", "velvet"), ("size", "large"), ("size", 7), ("colour", "red")]
)
def test_what_cannot_be_is_a_problem(option: str, value: str) -> None:
    (problem,) = PaperCut().resolve(Request("hills", {option: value})).problems
    assert problem.field == option
