"""What number cells print: strings drawn by lot, as real reports have them, and some that they hardly ever have."""

from __future__ import annotations

import numpy as np
from gouji.ocr.numbers import CHARACTERS, OTHER

WORDS = (
    "政府信息公开工作年度报告行政许可处罚强制事业性收费金额万元自然人法人商业企业科研机构社会公益组织总计合"
)
DASHES = "-—–－一ー−"
_REMARKS = ("件", "条", "个", "（件）", "（其中修订3件）", "次")


_SAME = {**dict.fromkeys(DASHES, "-"), "／": "/", "，": ",", "＋": "+"}


def spell(text: str) -> str:
    """The text in the reader's characters; blanks between its own are not printed."""
    plain = (_SAME.get(c, c) for c in text if not c.isspace())
    return "".join(c if c in CHARACTERS else OTHER for c in plain)


def to_classes(text: str) -> list[int]:
    """The reader's classes of the text's characters, from 1."""
    return [CHARACTERS.index(c) + 1 for c in spell(text)]


def draw_string(rng: np.random.Generator) -> str:
    """What one cell prints."""
    kind = rng.choice(
        [
            "zero",
            "digit",
            "number",
            "long",
            "thousands",
            "amount",
            "slash",
            "dash",
            "signed",
            "word",
            "other",
        ],
        p=[0.05, 0.14, 0.26, 0.08, 0.09, 0.14, 0.06, 0.05, 0.09, 0.03, 0.01],
    )
    return _DRAW[str(kind)](rng)


def _digits(rng: np.random.Generator, least: int, most: int) -> str:
    """A number of `least` to `most` digits, its first not 0; every other one with a digit told twice, which reads badly."""
    count = int(rng.integers(least, most + 1))
    digits = [int(d) for d in rng.integers(0, 10, count)]
    if rng.random() < 0.35:
        digits = [digits[0] if rng.random() < 0.6 else d for d in digits]
    digits[0] = digits[0] or int(rng.integers(1, 10))
    return "".join(map(str, digits))


def _amount(rng: np.random.Generator) -> str:
    whole = "0" if rng.random() < 0.15 else _digits(rng, 1, 7)
    if rng.random() < 0.25:
        whole = f"{int(whole):,}"
    return f"{whole}.{''.join(map(str, rng.integers(0, 10, int(rng.integers(1, 7)))))}"


def _signed(rng: np.random.Generator) -> str:
    return str(rng.choice(["+", "-", "-", "—", "－", "减", "增"])) + _digits(rng, 1, 4)


def _word(rng: np.random.Generator) -> str:
    return "".join(rng.choice(list(WORDS), int(rng.integers(1, 6))))


def _other(rng: np.random.Generator) -> str:
    if rng.random() < 0.3:
        return "无"
    if rng.random() < 0.4:
        return _amount(rng) + str(rng.choice(["万元", "元", "万"]))
    return _digits(rng, 1, 3) + str(rng.choice(_REMARKS))


_DRAW = {
    "zero": lambda rng: "0",
    "digit": lambda rng: str(rng.integers(1, 10)),
    "number": lambda rng: _digits(rng, 2, 4),
    "long": lambda rng: _digits(rng, 5, 9),
    "thousands": lambda rng: f"{int(_digits(rng, 4, 8)):,}",
    "amount": _amount,
    "slash": lambda rng: str(rng.choice(["/", "/", "/", "／"])),
    "dash": lambda rng: str(rng.choice(list(DASHES))) * (2 if rng.random() < 0.15 else 1),
    "signed": _signed,
    "word": _word,
    "other": _other,
}
