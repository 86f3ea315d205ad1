"""Finds subjects by the words of a prompt."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from imagebuild_sketch.subject.entry import Subject


class Index:
    """Every name of every subject, longest match first."""

    def __init__(self, subjects: Iterable[Subject]) -> None:
        self._names: dict[tuple[str, ...], Subject] = {}
        for subject in subjects:
            for name in subject.words:
                key = tuple(name.replace("-", " ").split())
                if key in self._names:
                    raise ValueError(f"'{name}' is a word of '{self._names[key].name}' and '{subject.name}'")
                self._names[key] = subject
        self._longest = max(map(len, self._names), default=0)

    def find(self, words: Sequence[str]) -> list[Subject]:
        """The subjects named, in order of appearance, each once.

        ``words`` are lower case. Plurals are understood; ``coffee cup`` is one name before it is two.
        """
        found: dict[str, Subject] = {}
        parts = [part for word in words for part in word.replace("-", " ").split()]
        at = 0
        while at < len(parts):
            subject, length = self._longest_at(parts, at)
            if subject:
                found.setdefault(subject.name, subject)
            at += length
        return list(found.values())

    def _longest_at(self, parts: Sequence[str], at: int) -> tuple[Subject | None, int]:
        for length in range(min(self._longest, len(parts) - at), 0, -1):
            head, last = tuple(parts[at : at + length - 1]), parts[at + length - 1]
            for form in singulars(last):
                subject = self._names.get((*head, form))
                if subject:
                    return subject, length
        return None, 1


def singulars(word: str) -> Iterator[str]:
    """The word itself, then what it may be the plural of, likeliest first."""
    yield word
    for ending, replacements in _ENDINGS.items():
        if word.endswith(ending) and len(word) > len(ending) + 1:
            for replacement in replacements:
                yield word.removesuffix(ending) + replacement


_ENDINGS: Mapping[str, tuple[str, ...]] = {
    "'s": ("",),
    "ies": ("y",),
    "ves": ("f", "fe"),
    "s": ("",),
    "es": ("",),
}
