"""Where a line may end: the rules of UAX #14 that matter to captions, and the kinsoku rules of CJK (JIS X 4051).

Hangul breaks at spaces, as in Korean headings. Scripts that need a dictionary (Thai, Lao, Khmer) do too.
"""

from __future__ import annotations

import unicodedata

__all__ = ["SOFT_HYPHEN", "is_glued", "is_invisible", "is_wide", "opportunities"]

SOFT_HYPHEN = "\u00ad"
_ZERO_WIDTH_SPACE = "\u200b"
_JOINER = "\u200d"
_GLUE = frozenset("\u00a0\u202f\u2007\u2060\ufeff\u034f" + _JOINER)
_NEVER_FIRST = frozenset(
    "!?)]},.:;%…‥’”»›"
    "、。，．：；？！）］｝〕〉》」』】〙〗〟｣｠°′″℃％‰"
    "ーヽヾゝゞ々〻ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ・゛゜"
    "،؛؟।॥"
)
_NEVER_LAST = frozenset("([{‘“„«‹¿¡（［｛〔〈《「『【〘〖〝｢｟￥＄￡＃")
_STAYS = frozenset("!?)]}%:;")
_CLOSING_QUOTES = frozenset("»›")
_DASHES = frozenset("–—‒―")
_HYPHENS = frozenset("-\u2010")
_INVISIBLE = frozenset("\u00ad\u034f\u061c\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")


def is_invisible(character: str) -> bool:
    """Whether a character is never seen: it needs no glyph (Unicode's default-ignorable ones that texts hold)."""
    code = ord(character)
    return character in _INVISIBLE or 0xFE00 <= code <= 0xFE0F or 0xE0020 <= code <= 0xE01EF


def is_wide(character: str) -> bool:
    """Whether lines may break on both sides of it: ideographs, kana, emoji; not Hangul."""
    return unicodedata.east_asian_width(character) in ("W", "F") and not _is_hangul(character)


def is_glued(text: str, index: int) -> bool:
    """Whether the character at ``index`` belongs to the one before it (near to UAX #29's grapheme clusters)."""
    here, before = text[index], text[index - 1]
    if unicodedata.category(here)[0] == "M" or here == _JOINER or before == _JOINER or _is_emoji_part(here):
        return True
    if _is_regional(here) and _is_regional(before):
        start = index
        while start and _is_regional(text[start - 1]):
            start -= 1
        return (index - start) % 2 == 1
    return False


def opportunities(text: str) -> list[int]:
    """The indices at which a new line may begin, in order, with the text's end."""
    return [index for index in range(1, len(text)) if _may_begin(text, index)] + [len(text)]


def _may_begin(text: str, index: int) -> bool:
    before, here = text[index - 1], text[index]
    if before == _ZERO_WIDTH_SPACE:
        return True
    if here == " " or here in _GLUE or before in _GLUE or is_glued(text, index):
        return False
    if before == " ":
        return _may_begin_after_spaces(text, index)
    if before == SOFT_HYPHEN:
        return True
    if here in _NEVER_FIRST or before in _NEVER_LAST or here == SOFT_HYPHEN:
        return False
    if before in _HYPHENS:
        return index > 1 and text[index - 2].isalnum() and here.isalpha()
    if before in _DASHES:
        return here not in _DASHES
    if before == "/":
        return index > 1 and text[index - 2].isalpha() and here.isalpha()
    return is_wide(before) or is_wide(here)


def _may_begin_after_spaces(text: str, index: int) -> bool:
    """No break at the spaces that French sets inside quotation marks and before ``!``, nor at that before a dash."""
    here, following = text[index], text[index + 1 : index + 2]
    word = text[:index].rstrip(" ")
    if not word or here in _STAYS or (here in _CLOSING_QUOTES and not following.isalnum()):
        return False
    if here in _DASHES and following == " ":
        return False
    return not (word[-1] in _NEVER_LAST and word[-2:-1] in ("", " "))


def _is_hangul(character: str) -> bool:
    code = ord(character)
    return 0xAC00 <= code <= 0xD7FF or 0x1100 <= code <= 0x11FF or 0x3130 <= code <= 0x318F or 0xA960 <= code <= 0xA97F


def _is_emoji_part(character: str) -> bool:
    code = ord(character)
    return 0x1F3FB <= code <= 0x1F3FF or 0xFE00 <= code <= 0xFE0F or 0xE0020 <= code <= 0xE007F


def _is_regional(character: str) -> bool:
    return 0x1F1E6 <= ord(character) <= 0x1F1FF
