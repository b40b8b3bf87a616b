"""The record: what one digitized report comes out as. Field names and meanings are fixed; `gouji schema` prints the JSON Schema."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

CellKind = Literal["number", "blank", "not_applicable", "illegible", "missing"]
CellStatus = Literal["accepted", "review"]
CheckState = Literal["holds", "violated", "not_assessable"]
CheckCause = Literal["source_inconsistent", "suspect_reading"]

Probability = Annotated[float, Field(ge=0, le=1)]
Box = tuple[int, int, int, int]
"""x0, y0, x1, y1 in px of the scan's own page image, origin top-left."""

Number = Annotated[
    int | Decimal, PlainSerializer(lambda n: n if isinstance(n, int) else float(n), return_type=int | float)
]
"""A printed number: an integer, or a decimal; `raw_text` keeps its digits as printed, 251.50 with its zero."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceInfo(_Part):
    """The file that was digitized; for a folder of page pictures the folder."""

    path: str
    sha256: str
    media_type: str
    pages: int = Field(ge=0)


class FormInfo(_Part):
    """The edition of the form, told from the tables themselves; `tables` has one entry a table, since hybrids exist."""

    id: str
    tables: dict[str, str]
    confidence: Probability


class TextField(_Part):
    """A text and where it stands; page from 1."""

    text: str
    confidence: Probability
    page: int | None
    bbox: Box | None


class YearField(_Part):
    """The year reported on and where it stands; page from 1."""

    value: int
    confidence: Probability
    page: int | None
    bbox: Box | None


class Alternative(_Part):
    """Another value that the image supports."""

    value: Number | None
    confidence: Probability


class Cell(_Part):
    """One cell of the form.

    Attributes:
        confidence: probability that value and kind are what the page prints.
        status: accepted means that no person needs to look.
        reasons: why a person should look; empty when accepted.
        page: from 1; None when missing.
    """

    id: str
    value: Number | None
    kind: CellKind
    raw_text: str | None
    note: str | None = None
    row_label: str
    row_label_read: str | None
    column_label: str
    confidence: Probability
    status: CellStatus
    reasons: tuple[str, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    page: int | None
    bbox: Box | None


class ExtraValue(_Part):
    """A value in a row that the form lacks."""

    raw_text: str
    value: Number | None
    page: int
    bbox: Box


class ExtraRowInfo(_Part):
    """A printed row that matches none of the form's: kept, never dropped."""

    table: str
    label_read: str
    values: tuple[ExtraValue, ...]


class Check(_Part):
    """One 勾稽 check: the sums of both sides as printed, and the cells that take part.

    Attributes:
        cause: of a violated check: the report's own error, every number in it being read for sure, or perhaps a misreading.
        suspect_cells: of a violated check: the smallest set of cells whose change would mend it and the checks beside it.
    """

    id: str
    state: CheckState
    left: Number | None
    right: Number | None
    cells: tuple[str, ...]
    cause: CheckCause | None = None
    suspect_cells: tuple[str, ...] = ()


class Section(_Part):
    """One of the report's sections; pages from 1."""

    number: str
    heading: str
    text: str
    pages: tuple[int, ...]


class PageInfo(_Part):
    """One page of the scan: its own size in px, the clockwise turn that makes it upright, its skew (+ = counter-clockwise)."""

    number: int = Field(ge=1)
    width: int
    height: int
    rotation: Literal[0, 90, 180, 270]
    skew_degrees: float


class Failure(_Part):
    """A page or part that could not be read: where, what, why."""

    where: str
    what: str
    why: str


class Provenance(_Part):
    """What made the record.

    Attributes:
        risk: at most this share of all accepted cells is wrong, as promised with 95 % confidence by the calibration.
        threshold: confidence from which cells are accepted for that.
        measures: how hard the document was to read, by name; see docs/confidence.md.
    """

    gouji_version: str
    ocr_model: str
    confidence_model: str
    seconds: float
    risk: Probability | None = None
    threshold: Probability | None = None
    measures: dict[str, float] = {}


class Record(_Part):
    """One report."""

    schema_version: Literal[1] = 1
    source: SourceInfo
    form: FormInfo
    title: TextField | None
    agency: TextField | None
    year: YearField | None
    cells: tuple[Cell, ...]
    extra_rows: tuple[ExtraRowInfo, ...]
    checks: tuple[Check, ...]
    sections: tuple[Section, ...]
    pages: tuple[PageInfo, ...]
    failures: tuple[Failure, ...]
    provenance: Provenance


def record_to_json(record: Record) -> str:
    """The record as JSON text, Chinese unescaped, two spaces of indent, a line break at the end."""
    return record.model_dump_json(indent=2) + "\n"
