"""How well a printed label fits one of the form's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz import fuzz

from .normalize import normalize_label, ordinal_of

_MIN_CONTAINED = 4
"""Shorter labels occur inside others by chance."""

_MAX_SURPLUS_DIGITS = 2
"""A text with more digits than the label has is several cells run together, not a label with guidance."""

_CONTAINED_WEIGHT = 0.92
"""A label found inside a longer text (guidance printed in the cell) counts a little less than the label alone."""

_NUMBERING = re.compile(r"\([一二三四五六七八九十]\)|\d+")
_BARE_WEIGHT = 0.85
"""A label printed without its numbering counts so much, 总计 for (七)总计; of a long one it counts little anyway."""

_OTHER_NUMBER = 0.7
"""A label with another number, of another kind, counts so much: 3.其他 for （六）其他, which is a row of the older form."""

_GUIDANCE = re.compile(r"((?<=[^()]{4})\([^()]*|(?<=[^()]{2})\([^()]{6,})\)?$")
"""A bracket that a label ends with, its own or guidance that a report prints: `（指1月1日至12月31日收到的申请）`. Behind a label as
short as 规章 it is a long one."""


@lru_cache(maxsize=65536)
def label_similarity(read: str, label: str) -> float:
    """0 (nothing in common) to 1 (the same after normalization).

    The normalized indel similarity (Levenshtein without substitutions), which a few wrong or lost characters lower a little; for
    a long text also how well the label stands somewhere inside it, or how alike they are without the bracket at their ends.
    """
    a, b = normalize_label(read), normalize_label(label)
    if not a or not b:
        return 0.0
    whole, short = whole_similarity(read, label), _GUIDANCE.sub("", a)
    bare = _NUMBERING.sub("", b, count=1) if _NUMBERING.match(b) else ""
    if bare and not _NUMBERING.match(a):
        whole = max(whole, _BARE_WEIGHT * fuzz.ratio(short, bare) / 100)
    # Guidance often names other rows: "应与上年度报告的“结转下年度继续办理”一致".
    if _are_numbered_apart(a, b):
        whole *= _OTHER_NUMBER
    surplus_digits = sum(c.isdigit() for c in short) - sum(c.isdigit() for c in b)
    if len(short) > len(b) >= _MIN_CONTAINED and surplus_digits <= _MAX_SURPLUS_DIGITS:
        return max(whole, _CONTAINED_WEIGHT * fuzz.partial_ratio(b, short) / 100)
    return whole


def _are_numbered_apart(read: str, label: str) -> bool:
    """Whether one of two normalized labels is numbered as （六） is and the other as 3. is, and not by the same number."""
    numbers = [match.group() for text in (read, label) if (match := _NUMBERING.match(text))]
    bracketed = [n for n in numbers if n.startswith("(")]
    plain = [n for n in numbers if not n.startswith("(")]
    return len(bracketed) == len(plain) == 1 and plain[0] != str(ordinal_of(bracketed[0]))


def whole_similarity(read: str, label: str) -> float:
    """As `label_similarity`, of the whole of both texts, or of both without the bracket at their ends."""
    a, b = normalize_label(read), normalize_label(label)
    short, own = _GUIDANCE.sub("", a), _GUIDANCE.sub("", b)
    whole = fuzz.ratio(a, b) / 100
    return whole if (short, own) == (a, b) else max(whole, _CONTAINED_WEIGHT * fuzz.ratio(short, own) / 100)


def best_similarity(texts: Sequence[str], label: str) -> float:
    """The best similarity of any of the texts to the label; 0 without texts."""
    return max((label_similarity(text, label) for text in texts), default=0.0)


def header_similarity(texts: Sequence[str], labels: Sequence[str]) -> float:
    """How much of a row's wording is header labels: the mean, over its texts, of each one's best label; 0 without texts."""
    scores = [max(label_similarity(text, label) for label in labels) for text in texts]
    return sum(scores) / len(scores) if scores else 0.0
