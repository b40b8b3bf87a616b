"""Bound cells, decoded values and checks put into the parts of a record."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from decimal import Decimal

from ..document.geometry import BBox
from ..document.record import (
    Alternative,
    Cell,
    Check,
    CheckCause,
    ExtraRowInfo,
    ExtraValue,
    FormInfo,
    Section,
    TextField,
    YearField,
)
from ..document.table import CellContent
from .align import Alignment
from .bind import Bound, ExtraRow
from .checks import CheckResult
from .decode.cell import Decoded, decode_cell
from .decode.joint import JointCell
from .number import Value
from .sections import SectionText
from .title import Found

MISSING = Decoded(Value("missing"), "", 0.0)

SOUND_SUPPORT = 0.86
"""Share of a table's borders that must be drawn for its rows and columns to be sure."""

SURE = 0.99
"""Confidence from which a cell of a violated check counts as read for sure, whatever risk is accepted."""

Judgement = tuple[float, tuple[str, ...]]
"""A cell's confidence, 0 to 1, and the reasons for review; none means that it is accepted."""


_LEADING_ZERO = re.compile(r"\s*[^\d\s]?0\d")
"""No report prints 07: one of the two digits is a mark beside the number."""


_STOP = re.compile("[.,．，]")


def _is_separator(bound: Bound, raw_text: str) -> bool:
    """Whether a pale stop was read as one in a number without decimals: in an amount a grain of the paper would be its point."""
    return bound.spec.kind != "amount" and bool(_STOP.search(raw_text))


def decode_bound(bound: Sequence[Bound]) -> dict[str, Decoded]:
    """The decoded value of each cell id; `missing` where the cell was not found."""
    return {b.spec.id: MISSING if b.cell is None else decode_cell(b.cell.content) for b in bound}


def to_cells(
    bound: Sequence[Bound], joint: Mapping[str, JointCell], judged: Mapping[str, Judgement]
) -> tuple[Cell, ...]:
    """The record's cells, in the order of `bound`."""
    return tuple(_to_cell(b, joint[b.spec.id].decoded, *judged[b.spec.id]) for b in bound)


def doubts_of(bound: Bound, value: Value, raw_text: str = "") -> tuple[str, ...]:
    """What speaks against a cell's reading but the numbers themselves, as the record's reasons name it.

    Args:
        bound: the cell's place.
        value: as decoded.
        raw_text: of which it is the value.
    """
    doubts = [] if bound.cell is None else _print_doubts(bound.cell.content)
    stopped = bound.cell is not None and bound.cell.content.stopped
    if stopped and "marks_beside_print" not in doubts and not _is_separator(bound, raw_text):
        doubts.append("marks_beside_print")
    if bound.cell is not None and bound.table_support < SOUND_SUPPORT:
        doubts.append("broken_rulings")
    if bound.shared:
        doubts.append("merged_cell")
    if bound.edition_unsure:
        doubts.append("edition_unsure")
    if value.number is not None:
        if bound.spec.kind in ("count", "signed") and isinstance(value.number, Decimal):
            doubts.append("unexpected_decimal")
        if bound.spec.kind != "signed" and value.number < 0:
            doubts.append("unexpected_sign")
        if bound.spec.kind == "signed" and bound.cell is not None and bound.cell.content.overlaid:
            doubts.append("sign_under_seal")
        if _LEADING_ZERO.match(raw_text):
            doubts.append("leading_zero")
        if value.note:
            doubts.append("note")
        if not value.is_clear:
            doubts.append("unclear_note")
    return tuple(doubts)


def _print_doubts(content: CellContent) -> list[str]:
    doubts = []
    if content.coloured:
        doubts.append("coloured_ink")
    if content.faint:
        doubts.append("faint_ink")
    if content.traced and not content.faint:
        doubts.append("trace")
    if content.shining is not None:
        doubts.append("other_side")
    if content.odd:
        doubts.append("odd_mark")
    if content.cut:
        doubts.append("ink_at_border")
    if content.apart:
        doubts.append("words_apart")
    if content.overlaid:
        doubts.append("seal_over_print")
    if content.mixed:
        doubts.append("marks_beside_print")
    if content.crossed:
        doubts.append("streak_over_print")
    return doubts


def _to_cell(bound: Bound, decoded: Decoded, confidence: float, reasons: tuple[str, ...]) -> Cell:
    spec, cell = bound.spec, bound.cell
    return Cell(
        id=spec.id,
        value=decoded.value.number,
        kind=decoded.value.kind,
        raw_text=None if cell is None else decoded.raw_text,
        note=decoded.value.note or None,
        row_label=spec.row_label,
        row_label_read=bound.row_label_read,
        column_label=spec.column_label,
        confidence=confidence,
        status="review" if reasons else "accepted",
        reasons=reasons,
        alternatives=tuple(
            Alternative(value=r.value.number, confidence=round(min(1.0, r.posterior), 4))
            for r in decoded.alternatives
        ),
        page=None if cell is None else cell.page_index + 1,
        bbox=None if cell is None else cell.bbox.rounded(),
    )


def to_checks(
    results: Sequence[CheckResult],
    suspects: Mapping[str, tuple[str, ...]],
    cells: Sequence[Cell],
    threshold: float,
) -> tuple[Check, ...]:
    """The record's checks; a violated one is the report's own where nothing but the check itself speaks against its cells."""
    least = max(threshold, SURE)
    unsure = {cell.id for cell in cells if cell.confidence < least or set(cell.reasons) - {"check_failed"}}
    return tuple(_to_check(r, suspects.get(r.identity.id, ()), unsure) for r in results)


def _to_check(result: CheckResult, suspects: tuple[str, ...], unsure: Set[str]) -> Check:
    cells = result.identity.cells
    cause: CheckCause | None = None
    if result.state == "violated":
        cause = "source_inconsistent" if unsure.isdisjoint(cells) else "suspect_reading"
    return Check(
        id=result.identity.id,
        state=result.state,
        left=result.left,
        right=result.right,
        cells=cells,
        cause=cause,
        suspect_cells=suspects if result.state == "violated" else (),
    )


def to_form_info(alignment: Alignment, confidence: float) -> FormInfo:
    """The editions: of the report that of table 三, which is always the largest, and of each table its own."""
    editions = {table.id: table.form_id for table in alignment.tables}
    largest = max(alignment.tables, key=lambda t: len(t.cells))
    return FormInfo(id=largest.form_id, tables=editions, confidence=confidence)


def to_extra_rows(rows: Sequence[ExtraRow]) -> tuple[ExtraRowInfo, ...]:
    """Rows that the form lacks, with what they print."""
    infos = []
    for row in rows:
        values = []
        for cell in row.values:
            decoded = decode_cell(cell.content)
            values.append(
                ExtraValue(
                    raw_text=decoded.raw_text,
                    value=decoded.value.number,
                    page=cell.page_index + 1,
                    bbox=cell.bbox.rounded(),
                )
            )
        infos.append(ExtraRowInfo(table=row.table, label_read=row.label_read, values=tuple(values)))
    return tuple(infos)


def to_text_field(found: Found | None) -> TextField | None:
    """A found text as the record states it."""
    if found is None:
        return None
    page, bbox = _place(found.page_index, found.bbox)
    return TextField(text=found.text, confidence=round(found.score, 4), page=page, bbox=bbox)


def to_year_field(found: Found | None) -> YearField | None:
    """A found year as the record states it."""
    if found is None:
        return None
    page, bbox = _place(found.page_index, found.bbox)
    return YearField(value=int(found.text), confidence=round(found.score, 4), page=page, bbox=bbox)


def _place(page_index: int, bbox: BBox) -> tuple[int, tuple[int, int, int, int]]:
    return page_index + 1, bbox.rounded()


def to_sections(sections: Sequence[SectionText]) -> tuple[Section, ...]:
    """The sections as the record states them."""
    return tuple(
        Section(number=s.number, heading=s.heading, text=s.text, pages=tuple(i + 1 for i in s.page_indices))
        for s in sections
    )
