from collections import Counter

import pytest

from imagebuild_sketch.subject import SUBJECTS, find
from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.index import Index


def names(prompt: str) -> list[str]:
    return [subject.name for subject in find(prompt.lower().split())]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a fox", ["fox"]),
        ("two foxes under autumn leaves", ["fox", "leaf"]),
        ("puppies and kitties", ["dog", "cat"]),
        ("loaves of bread", ["bread"]),
        ("three cups", ["cup"]),
        ("cacti in the desert", ["cactus"]),
        ("a bus", ["bus"]),
        ("two buses", ["bus"]),
        ("a glass of water", ["glass"]),
        ("a compass", ["compass"]),
        ("hot air balloons at dawn", ["hot air balloon"]),
        ("a hot-air balloon", ["hot air balloon"]),
        ("a red balloon", ["balloon"]),
        ("a coffee maker", ["coffee maker"]),
        ("a coffee cup", ["cup"]),
        ("coffee", ["cup"]),
        ("a stack of books", ["books"]),
        ("an open book", ["book"]),
        ("building blocks", ["building blocks"]),
        ("a glass office building", ["glass", "skyscraper"]),
        ("an automobile by the seaside cottage", ["car", "cabin"]),
        ("the lighthouse's lamp", ["lighthouse", "lamp"]),
        ("a fox, a fox and an owl".replace(",", ""), ["fox", "owl"]),
        ("serene abstract background", []),
        ("", []),
    ],
)
def test_prompt_words_find_subjects(prompt, expected):
    assert names(prompt) == expected


@pytest.mark.parametrize("name", SUBJECTS)
def test_every_word_and_its_plural_finds_its_subject(name):
    for word in SUBJECTS[name].words:
        assert names(word) == [name]
        assert word == "book" or names(f"{word}s") == [name]  # books have a subject of their own


@pytest.mark.parametrize("name", SUBJECTS)
def test_words_are_lower_case_and_include_the_name(name):
    words = SUBJECTS[name].words
    assert all(word == word.lower().strip() for word in words)
    assert find(name.split()) == [SUBJECTS[name]]


def test_no_word_belongs_to_two_subjects():
    count = Counter(word for subject in SUBJECTS.values() for word in subject.words)
    assert {word for word, times in count.items() if times > 1} == set()


def test_an_index_refuses_a_word_taken_twice():
    one, other = (Subject(name, ("thing",), "object", (), None, lambda _: "") for name in ("one", "other"))
    with pytest.raises(ValueError, match="'thing' is a word of 'one' and 'other'"):
        Index([one, other])


@pytest.mark.parametrize(
    "word",
    """
    car house lighthouse tree fox rocket cup book truck bicycle ship airplane train cottage castle bridge windmill
    tent church pine palm flower tulip rose cactus mushroom leaf plant cat dog bird owl fish whale bear rabbit
    horse elephant butterfly turtle penguin teapot bottle glass cake loaf apple pizza lamp chair sofa clock camera
    phone laptop headphones guitar pencil palette paintbrush key padlock gear wrench hammer umbrella backpack shoe
    gift envelope trophy box folder document person portrait robot astronaut mountain sun moon star cloud planet
    globe heart crown shield flag anchor compass campfire snowman crystal gem balloon kite
    """.split(),  # noqa: SIM905 - a column of sixty quoted words would hide the test
)
def test_common_words_have_a_subject(word):
    assert len(find([word])) == 1
