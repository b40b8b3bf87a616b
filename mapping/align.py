"""One optimal assignment, in order, of all printed rows to the rows of the form.

A misread, misspelt, wrapped or missing label costs its own row some score and cannot shift its neighbours: dynamic programming
(Needleman and Wunsch, 1970) over the report's rows and the form's rows finds the best way through both. Editions and layouts are
told by the tables themselves: the table forms that together align best are the report's.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, permutations, product

import numpy as np

from .form import Form, FormRow, FormTable, RowKind
from .match import best_similarity, header_similarity
from .rows import PrintedRow, are_halves, joined, prints_number, value_like


@dataclass(frozen=True, slots=True)
class AlignParams:
    """Scores on the scale of a label similarity, 0 to 1.

    Attributes:
        neutral: a similarity of this much is worth nothing.
        shape: gained when a row has as many values as the form's row, lost when it has not.
        unlabelled: what a data row without a label of its own (table 四) counts as when its values fit.
        unmarked: the share of that which a row without any ink counts.
        empty: lost by such a row without numbers: of two that fit, that with numbers is the row.
        skip_printed: cost of a printed row that is none of the form's.
        skip_data, skip_other: cost of a form row that is not printed: data, and title or header.
        skip_between: of data between two rows that follow each other in a table whose borders are drawn: no print is lost there.
        join: cost of taking two rows for one that a page break has cut.
        hybrid: cost of tables from two editions in one report: it happens, but takes more than two lost rows.
        reordered: cost of tables printed in another order than the form's.
    """

    neutral: float = 0.35
    shape: float = 0.2
    unlabelled: float = 0.6
    unmarked: float = 0.65
    empty: float = 0.1
    skip_printed: float = 0.12
    skip_data: float = 0.25
    skip_other: float = 0.03
    skip_between: float = 0.5
    join: float = 0.1
    hybrid: float = 0.6
    reordered: float = 2.0


SURE_HEADING = 0.6
"""Headings read so well, as a similarity, say by themselves what the row under them is."""

TELLING = 0.25
"""A table whose rows fit an edition better by less than the loss of one data row costs does not tell it."""

DRAWN_SUPPORT = 0.9
"""Share of a table's borders that is drawn from which no row of it can have been lost."""

CROSSED_GAIN = 0.3
"""So much better must two neighbouring rows fit each other's places to be taken as printed in the other order."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A printed row taken for a row of the form, with its label's similarity, 0 to 1 (1 where the form prints no label)."""

    table: FormTable
    form_row: FormRow
    printed: PrintedRow
    similarity: float


@dataclass(frozen=True, slots=True)
class Alignment:
    """The best assignment.

    Attributes:
        tables: the form's tables, each in the edition that fits.
        pairs: in reading order.
        extra: printed rows that are none of the form's.
        score: the sum over pairs and skips, less the cost of a hybrid.
        margin: by how much it beats the best assignment with another edition, at least 0.
        doubted: ids of cells that one edition alone prints, of tables whose own rows hardly tell it from another, or speak for
            another and are outvoted by the other tables.
    """

    tables: tuple[FormTable, ...]
    pairs: tuple[Pair, ...]
    extra: tuple[PrintedRow, ...]
    score: float
    margin: float
    doubted: frozenset[str] = frozenset()


def align_report(
    rows: Sequence[PrintedRow], forms: Sequence[Form], params: AlignParams | None = None
) -> Alignment:
    """The best assignment over all editions and layouts of each table."""
    params = params or AlignParams()
    choices = [_layouts(forms, table.id) for table in forms[0].tables]
    scorer = _Scorer(tuple(rows), params)
    best: dict[_Editions, Alignment] = {}
    for combination in product(*choices):
        editions = tuple((t.id, t.form_id) for t, _ in combination if _tells_edition(t, forms))
        alignment = _align(rows, combination, scorer)
        if editions not in best or alignment.score > best[editions].score:
            best[editions] = alignment
    costs = {editions: params.hybrid * (len({form for _, form in editions}) - 1) for editions in best}
    ranked = sorted(best, key=lambda editions: best[editions].score - costs[editions], reverse=True)
    first, *others = ranked
    best[first] = _reordered(rows, best[first], scorer)
    score = best[first].score - costs[first]
    margin = score - (best[others[0]].score - costs[others[0]]) if others else 0.0
    doubted = _doubted(first, {editions: a.score for editions, a in best.items()}, forms)
    found = _with_rows_under_headings(replace(best[first], score=score, margin=margin, doubted=doubted))
    return _in_one_edition(found, forms)


def _reordered(rows: Sequence[PrintedRow], found: Alignment, scorer: _Scorer) -> Alignment:
    """The alignment; where it has lost a table, a clearly better one to the tables in another order, in their usual layouts."""
    held = {p.table.id for p in found.pairs if p.form_row.kind is RowKind.DATA}
    if not found.extra or len(held) == len(found.tables):
        return found
    layouts = [(table, table.layouts[0]) for table in found.tables]
    others = (_align(rows, order, scorer) for order in permutations(layouts))
    best = max(others, key=lambda a: a.score)
    if best.score - scorer.params.reordered <= found.score:
        return found
    return replace(best, tables=found.tables, score=best.score - scorer.params.reordered)


def _doubted(chosen: _Editions, scores: Mapping[_Editions, float], forms: Sequence[Form]) -> frozenset[str]:
    """As `Alignment.doubted`: what a table's own rows say is seen when its edition alone is changed."""
    by_id = {form.id: form for form in forms}
    doubted: set[str] = set()
    for k, (table_id, own) in enumerate(chosen):
        for rival in scores:
            alone = rival != chosen and rival[:k] == chosen[:k] and rival[k + 1 :] == chosen[k + 1 :]
            if alone and scores[chosen] - scores[rival] < TELLING:
                cells = (
                    {c.id for c in by_id[form_id].table(table_id).cells} for form_id in (own, rival[k][1])
                )
                doubted |= set.difference(*cells)
    return frozenset(doubted)


_Editions = tuple[tuple[str, str], ...]
"""Of each table that tells an edition its id and the form's."""

_Layout = tuple[FormTable, tuple[FormRow, ...]]


def _layouts(forms: Sequence[Form], table_id: str) -> list[_Layout]:
    """Every edition and layout of a table; one of two editions with the same rows is enough."""
    found: list[_Layout] = []
    for form in forms:
        table = form.table(table_id)
        found += [(table, layout) for layout in table.layouts if all(layout != known for _, known in found)]
    return found


def _with_rows_under_headings(alignment: Alignment) -> Alignment:
    """The alignment, with the one row under a table's headings taken for the form's row without a label, however it is cut.

    Where borders are lost, table 四 has fewer cells than the form; its headings say what the row is.
    """
    pairs, extra = list(alignment.pairs), list(alignment.extra)
    for table in alignment.tables:
        own = [p for p in pairs if p.table is table]
        headings = [p for p in own if p.form_row.kind is RowKind.HEADER and p.similarity >= SURE_HEADING]
        if not headings or any(p.form_row.kind is RowKind.DATA for p in own):
            continue
        last = headings[-1]
        unlabelled = [
            row
            for row in table.layouts[0]
            if row.kind is RowKind.DATA and not row.labels and len(row.cells) > 1
        ]
        under = [row for row in extra if _is_under(row, last.printed)]
        if len(unlabelled) == len(under) == 1 and len(under[0].cells) <= len(unlabelled[0].cells):
            place = pairs.index(last) + 1
            pairs.insert(place, Pair(table, unlabelled[0], under[0], 1.0))
            extra.remove(under[0])
    return replace(alignment, pairs=tuple(pairs), extra=tuple(extra))


def _is_under(row: PrintedRow, heading: PrintedRow) -> bool:
    """Whether a row stands in the same printed table below the headings, and has values only, some of them numbers."""
    below = row.table_index == heading.table_index and row.row > heading.row
    return below and all(value_like(c) for c in row.cells) and any(prints_number(c) for c in row.cells)


def _in_one_edition(alignment: Alignment, forms: Sequence[Form]) -> Alignment:
    """The alignment, with tables that tell no edition taken from the edition that the others tell.

    Table 四 is the same in both editions, and a table without a single paired row could be of either.
    """
    telling = Counter(p.table.form_id for p in alignment.pairs if _tells_edition(p.table, forms))
    if not telling:
        return alignment
    usual = next(f for f in forms if f.id == telling.most_common(1)[0][0])
    paired = {p.table.id for p in alignment.pairs}
    swap = {
        table.id: usual.table(table.id)
        for table in alignment.tables
        if not _tells_edition(table, forms) or table.id not in paired
    }
    tables = tuple(swap.get(t.id, t) for t in alignment.tables)
    pairs = tuple(
        Pair(swap.get(p.table.id, p.table), p.form_row, p.printed, p.similarity) for p in alignment.pairs
    )
    return replace(alignment, tables=tables, pairs=pairs)


def _tells_edition(table: FormTable, forms: Sequence[Form]) -> bool:
    return any(form.table(table.id).cells != table.cells for form in forms)


class _Scorer:
    """Scores of (printed row, form row), computed once for all combinations."""

    def __init__(self, rows: tuple[PrintedRow, ...], params: AlignParams) -> None:
        self.params = params
        self.rows = rows
        self.joins = _joins(rows)
        self._known: dict[tuple[int, bool, int], tuple[float, float]] = {}

    def score(self, i: int, form_row: FormRow, *, join: bool = False) -> tuple[float, float]:
        """Score and label similarity of row i, or of row i joined with its upper half."""
        key = (i, join, id(form_row))  # forms are loaded once and kept: identity is enough, and fast
        if key not in self._known:
            row = self.joins[i][1] if join else self.rows[i]
            self._known[key] = self._measure(row, form_row)
        return self._known[key]

    def _measure(self, row: PrintedRow, form_row: FormRow) -> tuple[float, float]:
        p = self.params
        if form_row.kind is RowKind.HEADER:
            similarity = header_similarity(row.labels, form_row.labels)
            return similarity - p.neutral, similarity
        if form_row.kind is RowKind.TITLE:
            similarity = best_similarity(row.labels, form_row.labels[0])
            lone = p.shape if len(row.cells) == 1 else -p.shape
            return similarity - p.neutral + lone, similarity
        values = row.trailing_values
        fits = values == len(form_row.cells)
        shape = p.shape if fits else -p.shape
        if not form_row.labels:
            if not fits or row.labels:
                return -p.neutral - p.shape, 0.0
            # A strip without a single mark between two rulings may be no row at all.
            similarity = 1.0 if any(c.content.has_ink for c in row.cells) else p.unmarked
            empty = 1 - sum(prints_number(c) for c in row.cells) / len(row.cells)
            return p.unlabelled * similarity - p.neutral + shape - p.empty * empty, similarity
        similarity = best_similarity(row.labels, form_row.labels[0])
        return similarity - p.neutral + shape, similarity


def _joins(rows: Sequence[PrintedRow]) -> dict[int, tuple[int, PrintedRow]]:
    """For each row that could be the lower half of one that a page break has cut: the upper half's place, and both as one row.

    A header that is printed again on top of the new page may stand between them.
    """
    found = {}
    for k, upper in enumerate(rows):
        lower = next((i for i in range(k + 1, len(rows)) if rows[i].trailing_values), None)
        if not upper.last or lower is None:
            continue
        row, between = rows[lower], rows[k + 1 : lower]
        next_page = row.page_index != upper.page_index and row.table_index == upper.table_index + 1
        headers = all(r.table_index == row.table_index for r in between) and (between or row.first)
        if next_page and headers and are_halves(upper, row):
            found[lower] = k, joined(upper, row)
    return found


def _align(rows: Sequence[PrintedRow], combination: Sequence[_Layout], scorer: _Scorer) -> Alignment:
    p = scorer.params
    form_rows = [(table, row) for table, layout in combination for row in layout]
    n, m = len(rows), len(form_rows)
    is_data = [row.kind is RowKind.DATA for _, row in form_rows]
    skip_form = [p.skip_data if data else p.skip_other for data in is_data]
    skip_between = [p.skip_between if data else p.skip_other for data in is_data]
    total = [[-math.inf] * (m + 1) for _ in range(n + 1)]
    step = np.zeros((n + 1, m + 1), dtype=np.int8)
    for i, row in enumerate(total):
        skips = skip_between if 0 < i < n and _follows(rows[i], rows[i - 1]) else skip_form
        scores = [scorer.score(i - 1, form_row)[0] for _, form_row in form_rows] if i else []
        joins = _join_totals(i - 1, form_rows, scorer, total)
        moves = [_MATCH] * (m + 1)
        # This is most of a report's matching: of equal moves the first is taken.
        for j in range(m + 1):
            best, move = (0.0, _MATCH) if i == j == 0 else (-math.inf, _MATCH)
            if i and j:
                best = total[i - 1][j - 1] + scores[j - 1]
            if j and (score := row[j - 1] - skips[j - 1]) > best:
                best, move = score, _SKIP_FORM
            if i and (score := total[i - 1][j] - p.skip_printed) > best:
                best, move = score, _SKIP_PRINTED
            if (score := joins.get(j, -math.inf)) > best:
                best, move = score, _JOIN
            row[j], moves[j] = best, move
        step[i] = moves
    return _trace(rows, form_rows, combination, scorer, step, total[n][m])


def _join_totals(
    i: int, form_rows: Sequence[tuple[FormTable, FormRow]], scorer: _Scorer, total: Sequence[Sequence[float]]
) -> dict[int, float]:
    """By how many of the form's rows are done then: the totals with row i taken for the lower half of one."""
    if i not in scorer.joins:
        return {}
    p, (upper, _) = scorer.params, scorer.joins[i]
    return {
        j: total[upper][j - 1]
        + (scorer.score(i, row, join=True)[0] - p.join - p.skip_printed * (i - 1 - upper))
        for j, (_, row) in enumerate(form_rows, 1)
        if row.kind is RowKind.DATA
    }


def _follows(lower: PrintedRow, upper: PrintedRow) -> bool:
    """Whether nothing can have been printed between two rows: they are neighbours in a table whose borders are drawn."""
    same = upper.table_index == lower.table_index and lower.row == upper.row + 1
    return same and min(upper.support, lower.support) >= DRAWN_SUPPORT


_MATCH, _SKIP_FORM, _SKIP_PRINTED, _JOIN = range(4)


def _trace(
    rows: Sequence[PrintedRow],
    form_rows: Sequence[tuple[FormTable, FormRow]],
    combination: Sequence[_Layout],
    scorer: _Scorer,
    step: np.ndarray[tuple[int, int], np.dtype[np.int8]],
    score: float,
) -> Alignment:
    pairs: list[Pair] = []
    extra: list[PrintedRow] = []
    i, j = len(rows), len(form_rows)
    while i or j:
        move = int(step[i, j])
        if move == _MATCH:
            table, form_row = form_rows[j - 1]
            pairs.append(Pair(table, form_row, rows[i - 1], scorer.score(i - 1, form_row)[1]))
            i, j = i - 1, j - 1
        elif move == _JOIN:
            table, form_row = form_rows[j - 1]
            upper, row = scorer.joins[i - 1]
            pairs.append(Pair(table, form_row, row, scorer.score(i - 1, form_row, join=True)[1]))
            extra += rows[i - 2 : upper : -1]
            i, j = upper, j - 1
        elif move == _SKIP_PRINTED:
            extra.append(rows[i - 1])
            i -= 1
        else:
            j -= 1
    tables = tuple(table for table, _ in combination)
    return Alignment(tables, _uncrossed(pairs[::-1]), tuple(reversed(extra)), score, 0.0)


def _uncrossed(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    """The pairs, with two neighbouring rows that are printed in the other order taken for what their labels say."""
    ordered = list(pairs)
    for k, (a, b) in enumerate(pairwise(pairs)):
        if a.table is not b.table or not (a.form_row.labels and b.form_row.labels):
            continue
        if not a.form_row.kind is b.form_row.kind is RowKind.DATA:
            continue
        first = best_similarity(b.printed.labels, a.form_row.labels[0])
        second = best_similarity(a.printed.labels, b.form_row.labels[0])
        if first + second > a.similarity + b.similarity + CROSSED_GAIN:
            ordered[k] = Pair(a.table, a.form_row, b.printed, first)
            ordered[k + 1] = Pair(b.table, b.form_row, a.printed, second)
    return tuple(ordered)
