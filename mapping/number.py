"""What a cell prints, as a value: number, blank, not applicable, or illegible. Nothing is ever rounded or converted."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from ..document.record import CellKind

_STROKES = "/\\-−–—―－一ー_~"
_NOT_APPLICABLE = re.compile(rf"^(?:[{re.escape(_STROKES)}]+|无|不适用)$")
_NUMBER = re.compile(
    r"""^(?P<sign>[+\-−–—]|增加?|减少?)?
        (?P<digits>\d{1,3}(?:[,'`]\d{3})+|\d+)
        (?P<fraction>\.\d+)?
        (?P<unit>亿元|万元|元|件|个|条|项|次|宗|%)?
        (?P<note>\(.*\)|[;；,]\D.*|其中.*|含.*)?$""",
    re.VERBOSE | re.DOTALL,
)
_MINUS = ("-", "−", "–", "—", "减", "减少")
_CLEAR_NOTE = re.compile(r"^(?:万元|件|个|条|项|次|宗)?\s*(?:(?:其中|含|包括|包含).*)?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Value:
    """A cell's printed content.

    Attributes:
        kind: number, blank, not_applicable or illegible.
        number: an int, or a Decimal with the printed decimals; None unless kind is number.
        note: what else the cell prints, a unit of its own included; "" for nothing.
    """

    kind: CellKind
    number: int | Decimal | None = None
    note: str = ""

    @property
    def is_clear(self) -> bool:
        """Whether the note leaves the number's meaning alone: it says what a part is (`其中修订16件`), or the form's own unit."""
        return bool(_CLEAR_NOTE.match(self.note))


BLANK = Value("blank")
ILLEGIBLE = Value("illegible")
NOT_APPLICABLE = Value("not_applicable")


@lru_cache(maxsize=4096)
def parse_value(text: str) -> Value:
    """The value that a cell's text prints.

    `2,750,936` is 2750936; `减4` and `减少4` are -4; `22（其中修订16件）` is 22 with a note; `251000元` is 251000 with the note
    元, in whatever unit the column is; `/`, `—`, `无` do not apply; "" is blank; anything else is illegible.
    """
    compact = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    if not compact:
        return BLANK
    if _NOT_APPLICABLE.match(compact):
        return NOT_APPLICABLE
    match = _NUMBER.match(compact)
    if match is None:
        return ILLEGIBLE
    digits = re.sub(r"\D", "", match["digits"])
    negative = match["sign"] in _MINUS
    signed = ("-" if negative else "") + digits
    number = Decimal(signed + match["fraction"]) if match["fraction"] else int(signed)
    return Value("number", number, _note(match["unit"], match["note"]))


def _note(unit: str | None, note: str | None) -> str:
    inner = (note or "").strip(";；,")
    if inner.startswith("(") and inner.endswith(")"):
        inner = inner[1:-1]
    return " ".join(part for part in (unit or "", inner) if part)
