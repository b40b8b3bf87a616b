"""Printed rows bound to the form, from tables made of texts: whole, cut, misprinted, with rows lost and added."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from gouji.document.table import Grid as FoundGrid
from gouji.document.table import Table
from gouji.mapping.rows import printed_rows

from fixtures.scanmaker.forms import FORM_2019, FORM_2021
from fixtures.scanmaker.grids import Grid, GridCell, meta_grid
from fixtures.scanmaker.looks import LOOKS
from fixtures.scanmaker.truth import ExtraRow
from fixtures.synthetic.reports import Mapped, map_tables
from fixtures.synthetic.tables import (
    PLAIN,
    Piece,
    grids_of,
    numbered_truth,
    row_of,
    to_table,
    to_tables,
    with_extra_row,
    with_label,
    with_merged,
    with_rows_swapped,
    with_text,
    without_row,
)

TRUTH = numbered_truth()
DISCLOSURE, APPLICATIONS, CHALLENGES = grids_of(TRUTH)
ROWS = tuple(dict.fromkeys(i.rpartition(".")[0] for i in TRUTH.cells if i.startswith("applications.")))
TABLE_2_ROWS = tuple(dict.fromkeys(i.rpartition(".")[0] for i in TRUTH.cells if i.startswith("disclosure.")))


def cells_of(row_id: str) -> set[str]:
    return {i for i in TRUTH.cells if i.rpartition(".")[0] == row_id}


def row_label(row: int) -> str:
    return str(next(c.text for c in APPLICATIONS.cells if c.row == row and c.role == "label"))


def halves_of(row_id: str, values_in: str) -> tuple[int, Grid, Grid]:
    """The row's number, and the grid with the upper and with the lower half of the row's label, the values in one of them."""
    row = row_of(APPLICATIONS, row_id)
    label = row_label(row)
    half = len(label) // 2
    upper, lower = with_label(APPLICATIONS, row, label[:half]), with_label(APPLICATIONS, row, label[half:])
    for cell_id in cells_of(row_id):
        if values_in == "lower":
            upper = with_text(upper, cell_id, "")
        else:
            lower = with_text(lower, cell_id, "")
    return row, upper, lower


def with_applications(grid: Grid) -> Mapped:
    return map_tables(to_tables([DISCLOSURE, grid, CHALLENGES]))


EDITIONS = {
    "2021": (FORM_2021, {}, 200),
    "2019": (FORM_2019, {}, 198),
    "hybrid": (FORM_2021, {"applications": FORM_2019}, 186),
    "other hybrid": (FORM_2019, {"applications": FORM_2021}, 212),
}


WHOLE = [(e, n) for k, n in enumerate(LOOKS) for m, e in enumerate(EDITIONS) if (k + m) % 3 == 0]


@pytest.mark.parametrize(("edition", "look"), WHOLE)
def test_every_edition_and_every_look_is_bound_whole(edition: str, look: str) -> None:
    form, form_tables, count = EDITIONS[edition]
    truth = numbered_truth(form, form_tables)
    mapped = map_tables(to_tables(grids_of(truth, LOOKS[look])))
    assert mapped.editions == {
        t: form_tables.get(t, form) for t in ("disclosure", "applications", "challenges")
    } | (
        {"challenges": mapped.editions["challenges"]}  # it is the same in both
    )
    assert list(mapped.values) == list(truth.cells)
    assert len(mapped.values) == count
    assert (mapped.wrong(truth), mapped.missing(), mapped.binding.extra_rows) == ({}, set(), ())
    assert all(b.row_score > 0.85 and b.row_margin > 0 and not b.shared for b in mapped.binding.cells)
    assert all(b.column_score >= 0.5 and not b.edition_unsure for b in mapped.binding.cells)


@pytest.mark.parametrize("order", [*permutations((DISCLOSURE, APPLICATIONS, CHALLENGES))])
def test_tables_in_another_order(order: tuple[Grid, ...]) -> None:
    mapped = map_tables(to_tables(order))
    assert (mapped.wrong(TRUTH), mapped.missing(), mapped.binding.extra_rows) == ({}, set(), ())


def test_a_lone_row_is_no_table_in_another_order() -> None:
    """One row like one of table two behind the others is left over; a table has more that says where it stands."""
    row = row_of(DISCLOSURE, "disclosure.fees")
    mapped = map_tables(
        [*to_tables([APPLICATIONS, CHALLENGES]), to_table(Piece(DISCLOSURE, 0, row, row + 1), 9000.0)]
    )
    assert mapped.missing() == {c for c in TRUTH.cells if c.startswith("disclosure.")}


@pytest.mark.parametrize("look", ["word-song", "tight-song", "web-dense"])
def test_table_four_in_three_pieces(look: str) -> None:
    grids = grids_of(TRUTH, replace(LOOKS[look], split_challenges=True))
    mapped = map_tables(to_tables(grids))
    assert (mapped.wrong(TRUTH), mapped.missing(), mapped.binding.extra_rows) == ({}, set(), ())


def as_rows_of_groups(challenges: Grid) -> Grid:
    """Table 四 with a row for each of its three groups: 类别, the five headings; 行政复议; 行政诉讼 in two rows."""
    values = [c for c in challenges.cells if c.role == "value"]
    heads = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
    cells = [GridCell(0, 0, 1, 2, "类别", "header")]
    cells += [GridCell(0, 2 + k, 1, 1, head, "header") for k, head in enumerate(heads)]
    cells += [GridCell(1, 0, 1, 2, "行政复议", "label"), GridCell(2, 0, 2, 1, "行政诉讼", "group")]
    cells += [
        GridCell(2, 1, 1, 1, "未经复议\n直接起诉", "label"),
        GridCell(3, 1, 1, 1, "复议后起诉", "label"),
    ]
    cells += [replace(c, row=1 + k // 5, col=2 + k % 5) for k, c in enumerate(values)]
    return Grid((2, 2, 1, 1, 1, 1, 1), 4, tuple(cells), header_rows=1)


def test_a_strip_of_table_four_is_no_row_beside_one_with_numbers() -> None:
    """What borders have been found around it, a strip of 15 cells with a crumb in one fits the form as well as the row does."""
    values = row_of(CHALLENGES, "challenges.reconsideration")
    strip = [
        replace(c, row=values + 1, text="3" if k == 13 else "", cell_id=None)
        for k, c in enumerate(c for c in CHALLENGES.cells if c.row == values)
    ]
    grid = replace(CHALLENGES, rows=CHALLENGES.rows + 1, cells=(*CHALLENGES.cells, *strip))
    mapped = map_tables(to_tables([DISCLOSURE, APPLICATIONS, grid]))
    assert (mapped.wrong(TRUTH), mapped.missing()) == ({}, set())


def test_table_four_with_a_row_for_each_group() -> None:
    mapped = map_tables(to_tables([DISCLOSURE, APPLICATIONS, as_rows_of_groups(CHALLENGES)]))
    assert (mapped.wrong(TRUTH), mapped.missing(), mapped.binding.extra_rows) == ({}, set(), ())


@pytest.mark.parametrize("text", ["1231", "", "10"])
@pytest.mark.parametrize("row_id", ["applications.carried_out", "applications.new_received"])
def test_a_label_that_reads_as_a_number_is_no_value(row_id: str, text: str) -> None:
    """Of （截至12月31日尚未办结的申请） a pale print leaves the digits."""
    mapped = with_applications(with_label(APPLICATIONS, row_of(APPLICATIONS, row_id), text))
    assert (mapped.wrong(TRUTH), mapped.missing()) == ({}, set())


@pytest.mark.parametrize("row_id", ROWS[::3])
def test_a_lost_row_is_missing_and_its_neighbours_stay(row_id: str) -> None:
    mapped = with_applications(without_row(APPLICATIONS, row_of(APPLICATIONS, row_id)))
    assert mapped.missing() == cells_of(row_id)
    assert mapped.wrong(TRUTH) == {}
    assert mapped.binding.extra_rows == ()


@pytest.mark.parametrize("row_id", TABLE_2_ROWS[1::2])
def test_a_lost_row_of_table_two(row_id: str) -> None:
    grid = without_row(DISCLOSURE, row_of(DISCLOSURE, row_id))
    mapped = map_tables(to_tables([grid, APPLICATIONS, CHALLENGES]))
    assert mapped.missing() == cells_of(row_id)
    assert mapped.wrong(TRUTH) == {}


@pytest.mark.parametrize("after", ROWS[::5])
def test_an_added_row_is_kept_as_extra(after: str) -> None:
    values = [str(n) for n in range(901, 908)]
    grid = with_extra_row(APPLICATIONS, row_of(APPLICATIONS, after), "其中：涉及征地拆迁事项", values)
    mapped = with_applications(grid)
    assert (mapped.wrong(TRUTH), mapped.missing()) == ({}, set())
    (extra,) = mapped.binding.extra_rows
    assert (extra.table, extra.label_read) == ("applications", "其中：涉及征地拆迁事项")
    assert [v.content.text for v in extra.values] == values


def test_an_added_row_of_table_two_is_kept_as_extra() -> None:
    truth = replace(TRUTH, extra_rows=(ExtraRow("disclosure", "其他主动公开文件", ("12", "0", "34")),))
    mapped = map_tables(to_tables(grids_of(truth)))
    assert (mapped.wrong(TRUTH), mapped.missing()) == ({}, set())
    (extra,) = mapped.binding.extra_rows
    assert (extra.table, extra.label_read) == ("disclosure", "其他主动公开文件")
    assert [v.content.text for v in extra.values] == ["12", "0", "34"]


MISPRINTS = {
    "disclosure.normative_documents": "规范性文件",
    "applications.denied.prohibited_by_law": "2.其他法律行政止公开",
    "applications.other.other": "3、其 他",
    "applications.processed_total": "(七)总 计",
    "applications.other.correction_overdue": "1.申请人无正当理由逾期不补正，/、行政机关不再处理其政府信息公开申请",
    "applications.partially_granted": "（二）部分公开\n（区分处理的，只计\n这一情形，不计\n其他情形）",
    "applications.new_received": "一、本年新收政府倌息公幵申清数量",
    "applications.unable.needs_creation": "2.没有现成信息需要另行制作（即需要加工、汇总的信息，指南另有规定的除外）",
}


@pytest.mark.parametrize(("row_id", "label"), MISPRINTS.items())
def test_a_misprinted_label_still_finds_its_row(row_id: str, label: str) -> None:
    grids = [DISCLOSURE, APPLICATIONS]
    k = 0 if row_id.startswith("disclosure") else 1
    grids[k] = with_label(grids[k], row_of(grids[k], row_id), label)
    mapped = map_tables(to_tables([*grids, CHALLENGES]))
    assert (mapped.wrong(TRUTH), mapped.missing(), mapped.binding.extra_rows) == ({}, set(), ())
    bound = next(b for b in mapped.binding.cells if b.spec.id in cells_of(row_id))
    assert bound.row_label_read == label.replace("\n", "")


@pytest.mark.parametrize("row_id", ROWS[2:23:6])
@pytest.mark.parametrize("label", ["", "※〇口"])
def test_an_unreadable_label_costs_its_own_row_at_most(row_id: str, label: str) -> None:
    grid = with_label(APPLICATIONS, row_of(APPLICATIONS, row_id), label)
    mapped = with_applications(grid)
    assert mapped.wrong(TRUTH) == {}
    assert mapped.missing() in (set(), cells_of(row_id))
    for bound in mapped.binding.cells:
        if bound.spec.id in cells_of(row_id) and bound.cell is not None:
            assert bound.row_score < 0.6  # so it goes to review


@pytest.mark.parametrize("row_id", ROWS[2:23:6])
def test_another_row_in_the_place_of_one_is_extra_and_not_bound(row_id: str) -> None:
    grid = with_label(APPLICATIONS, row_of(APPLICATIONS, row_id), "工作人员培训场次与参加人数")
    mapped = with_applications(grid)
    assert mapped.missing() == cells_of(row_id)
    assert mapped.wrong(TRUTH) == {}
    (extra,) = mapped.binding.extra_rows
    assert extra.label_read.endswith("工作人员培训场次与参加人数")  # a group's label may stand before it
    assert len(extra.values) == 7


@pytest.mark.parametrize("row", [3, 6, 11, 18, 21, 23])
def test_rows_printed_in_the_wrong_order_are_never_taken_without_a_doubt(row: int) -> None:
    mapped = with_applications(with_rows_swapped(APPLICATIONS, row))
    wrong = mapped.wrong(TRUTH)
    assert all(b.row_margin == 0 for b in mapped.binding.cells if b.spec.id in wrong)
    assert len(wrong) + len(mapped.missing()) <= 14


def test_rows_printed_in_the_wrong_order_keep_their_values() -> None:
    assert with_applications(with_rows_swapped(APPLICATIONS, 3)).wrong(TRUTH) == {}


@pytest.mark.parametrize("row", [1, 2, 3, 4, 7, 13, 22, 27])
def test_a_page_break_anywhere_in_table_three(row: int) -> None:
    pieces = [
        to_table(Piece(DISCLOSURE)),
        to_table(Piece(APPLICATIONS, 0, 0, row), 800),
        to_table(Piece(APPLICATIONS, 1, row)),
        to_table(Piece(CHALLENGES, 1), 1500),
    ]
    mapped = map_tables(pieces)
    assert (mapped.wrong(TRUTH), mapped.missing(), mapped.binding.extra_rows) == ({}, set(), ())
    pages = {b.spec.id: b.cell.page_index for b in mapped.binding.cells if b.cell is not None}
    below = {c.cell_id for c in APPLICATIONS.cells if c.cell_id and c.row >= row}
    assert {i for i, page in pages.items() if page == 1 and i.startswith("applications")} == below


@pytest.mark.parametrize("row", [1, 2, 6, 13])
def test_a_page_break_anywhere_in_table_two(row: int) -> None:
    pieces = [to_table(Piece(DISCLOSURE, 0, 0, row)), to_table(Piece(DISCLOSURE, 1, row))]
    pieces += [to_table(Piece(APPLICATIONS, 1), 900), to_table(Piece(CHALLENGES, 2))]
    mapped = map_tables(pieces)
    assert (mapped.wrong(TRUTH), mapped.missing()) == ({}, set())


def around_break(upper: Grid, lower: Grid, row: int) -> list[Table]:
    """A report whose table 三 is drawn to the end of that row of `upper`, and after the page break from that row of `lower` on."""
    return [
        to_table(Piece(DISCLOSURE)),
        to_table(Piece(upper, 0, 0, row + 1), 800),
        to_table(Piece(lower, 1, row)),
        to_table(Piece(CHALLENGES, 1), 1500),
    ]


@pytest.mark.parametrize("row_id", ["applications.granted", "applications.other.fee_overdue"])
def test_a_page_number_in_an_empty_strip_is_no_half_of_a_row(row_id: str) -> None:
    """Printed web pages draw the table down to the page's foot, page number and all."""
    row = row_of(APPLICATIONS, row_id)
    strip = with_label(APPLICATIONS, row, "")
    for n, cell_id in enumerate(sorted(cells_of(row_id))):
        strip = with_text(strip, cell_id, "3" if n == 2 else "")
    mapped = map_tables(around_break(strip, APPLICATIONS, row))
    assert (mapped.wrong(TRUTH), mapped.missing()) == ({}, set())


@pytest.mark.parametrize("values_in", ["upper", "lower"])
@pytest.mark.parametrize(
    "row_id", ["applications.other.fee_overdue", "applications.denied.prohibited_by_law"]
)
def test_a_row_cut_in_two_by_the_page_break(row_id: str, values_in: str) -> None:
    row, upper, lower = halves_of(row_id, values_in)
    mapped = map_tables(around_break(upper, lower, row))
    assert (mapped.wrong(TRUTH), mapped.missing(), mapped.binding.extra_rows) == ({}, set(), ())
    bound = next(b for b in mapped.binding.cells if b.spec.id in cells_of(row_id))
    assert bound.cell is not None
    assert bound.cell.page_index == (0 if values_in == "upper" else 1)
    assert bound.row_label_read == row_label(row)


def test_tables_of_a_web_page_around_the_report_are_left_out() -> None:
    meta = meta_grid(
        (
            ("索引号", "11320/2024-00012"),
            ("主题分类", "政务公开"),
            ("发布机构", "某县"),
            ("日期", "2024-01-12"),
        )
    )
    footer = meta_grid((("访问次数", "3021"), ("打印本页", "1")))
    mapped = map_tables(to_tables([meta, DISCLOSURE, APPLICATIONS, CHALLENGES, footer]))
    assert (mapped.wrong(TRUTH), mapped.missing(), mapped.binding.extra_rows) == ({}, set(), ())


def test_columns_merged_because_they_are_blank() -> None:
    row_id = "applications.granted"
    grid = with_merged(APPLICATIONS, row_of(APPLICATIONS, row_id), "business", "other_org", "")
    mapped = with_applications(grid)
    merged = {
        f"{row_id}.{c}" for c in ("business", "research", "public_welfare", "legal_service", "other_org")
    }
    assert {i for i, v in mapped.values.items() if v.kind == "blank"} == merged
    assert set(mapped.wrong(TRUTH)) == merged
    assert {b.spec.id for b in mapped.binding.cells if b.shared} == merged
    assert mapped.missing() == set()


def test_one_number_in_merged_columns_belongs_to_none_of_them() -> None:
    row_id = "applications.granted"
    grid = with_merged(APPLICATIONS, row_of(APPLICATIONS, row_id), "business", "other_org", "888")
    mapped = with_applications(grid)
    assert 888 not in {v.number for v in mapped.values.values()}
    assert set(mapped.wrong(TRUTH)) == set()
    assert len(mapped.missing()) in (5, 7)


def test_table_four_is_known_by_its_headings_where_a_border_is_lost() -> None:
    row = row_of(CHALLENGES, "challenges.litigation_after")
    grid = with_merged(CHALLENGES, row, "upheld", "overturned", "")
    mapped = map_tables(to_tables([DISCLOSURE, APPLICATIONS, grid]))
    merged = {"challenges.litigation_after.upheld", "challenges.litigation_after.overturned"}
    assert set(mapped.wrong(TRUTH)) == merged
    assert {i for i in merged if mapped.values[i].kind == "blank"} == merged
    assert {b.spec.id for b in mapped.binding.cells if b.shared} == merged
    assert mapped.missing() == set()


def test_a_row_of_more_cells_than_table_four_is_not_taken_for_it() -> None:
    """Which of them are its own only all headings together would tell."""
    row = row_of(CHALLENGES, "challenges.litigation_after")
    last = max((cell for cell in CHALLENGES.cells if cell.row == row), key=lambda cell: cell.col)
    wider = (*CHALLENGES.cells, replace(last, col=last.col + 1, text="", cell_id=None))
    grid = replace(CHALLENGES, weights=(*CHALLENGES.weights, 1.0), cells=wider)
    heading = next(c.text for c in grid.cells if c.row == row - 1)
    unread = replace(
        grid, cells=tuple(replace(c, text="") if c.row == row - 1 and c.text == heading else c for c in wider)
    )
    mapped = map_tables(to_tables([DISCLOSURE, APPLICATIONS, unread]))
    assert {i for i in mapped.wrong(TRUTH) if mapped.values[i].kind != "missing"} - mapped.missing() == set()


def test_of_two_rows_under_table_fours_headings_none_is_guessed() -> None:
    row = row_of(CHALLENGES, "challenges.litigation_after")
    grid = with_merged(CHALLENGES, row, "upheld", "overturned", "")
    below = [replace(cell, row=row + 1) for cell in grid.cells if cell.row == row]
    mapped = map_tables(
        to_tables([DISCLOSURE, APPLICATIONS, replace(grid, rows=grid.rows + 1, cells=(*grid.cells, *below))])
    )
    assert mapped.missing() == {i for i in TRUTH.cells if i.startswith("challenges.")}


@pytest.mark.parametrize("absent", [0, 1, 2])
def test_an_absent_table_is_missing_whole(absent: int) -> None:
    grids = [g for k, g in enumerate([DISCLOSURE, APPLICATIONS, CHALLENGES]) if k != absent]
    mapped = map_tables(to_tables(grids))
    table = ("disclosure", "applications", "challenges")[absent]
    assert mapped.missing() == {i for i in TRUTH.cells if i.startswith(table)}
    assert mapped.wrong(TRUTH) == {}
    assert set(mapped.editions.values()) == {FORM_2021}


def test_no_form_at_all_binds_nothing() -> None:
    mapped = map_tables(
        to_tables([meta_grid((("姓名", "张三"), ("年龄", "34"), ("部门", "办公室"), ("电话", "12345")))])
    )
    assert set(mapped.missing()) == set(mapped.values)
    nothing = map_tables([])
    assert nothing.missing() == set(nothing.values)


def test_no_printed_cell_serves_two_form_cells() -> None:
    mapped = map_tables(to_tables(grids_of(TRUTH, PLAIN)))
    cells = [id(b.cell) for b in mapped.binding.cells if b.cell is not None]
    assert len(cells) == len(set(cells)) == 200


def test_printed_rows_are_those_that_begin_a_cell() -> None:
    rows = printed_rows(to_tables([APPLICATIONS]))
    assert len(rows) == APPLICATIONS.rows
    assert [r.first for r in rows] == [True] + [False] * (len(rows) - 1)
    assert [r.last for r in rows] == [False] * (len(rows) - 1) + [True]
    assert rows[3].labels == ("一、本年新收政府信息公开申请数量",)
    assert rows[0].table_index == rows[0].page_index == 0


@pytest.mark.parametrize(
    "row_id", ["applications.other.fee_overdue", "applications.denied.prohibited_by_law"]
)
def test_a_row_cut_in_two_with_the_header_again_between_its_halves(row_id: str) -> None:
    row, upper, lower = halves_of(row_id, "upper")
    below = to_table(Piece(lower, 1, row), 120)
    header = to_table(Piece(APPLICATIONS, 1, 0, 3))
    again = Table(
        1,
        FoundGrid(np.concatenate([header.grid.nodes[:3], below.grid.nodes]), (
            *header.grid.cells, *(replace(c, row=c.row + 3) for c in below.grid.cells)
        )),
        header.contents + below.contents,
    )  # fmt: skip
    pieces = [to_table(Piece(DISCLOSURE)), to_table(Piece(upper, 0, 0, row + 1), 800), again]
    mapped = map_tables([*pieces, to_table(Piece(CHALLENGES, 1), 1500)])
    assert (mapped.wrong(TRUTH), mapped.missing()) == ({}, set())


def test_blanks_beside_a_left_over_row_of_the_same_label_are_doubted() -> None:
    """Were the halves of a row not put together, its second half must not pass for a row without values."""
    row = row_of(APPLICATIONS, "applications.granted")
    twice = with_extra_row(APPLICATIONS, row, "（一）予以公开", ("5",) * 7)
    mapped = with_applications(twice)
    granted = [b for b in mapped.binding.cells if b.spec.id.startswith("applications.granted.")]
    assert all(b.row_margin == 0 for b in granted)


def test_a_hybrid_of_two_editions_takes_more_than_rows_cut_like_the_other_ones() -> None:
    """Borders of the sheet's other side cut single values in three, as the older edition prints them."""
    cells = []
    for cell in with_label(
        DISCLOSURE, row_of(DISCLOSURE, "disclosure.normative_documents"), "规范性文件"
    ).cells:
        fees = cell.cell_id == "disclosure.fees.amount"
        alone = cell.role == "value" and cell.col_span == 18
        pieces = (2 if fees else 3) if alone else 1
        span = cell.col_span // pieces
        cells += [
            replace(
                cell,
                col=cell.col + k * span,
                col_span=span,
                text="" if k else cell.text,
                cell_id=None if k else cell.cell_id,
            )
            for k in range(pieces)
        ]
    mapped = map_tables(to_tables([replace(DISCLOSURE, cells=tuple(cells)), APPLICATIONS, CHALLENGES]))
    assert set(mapped.editions.values()) == {FORM_2021}
    # The table's own rows speak for the older edition as much: what that one prints otherwise is for a person.
    unsure = {b.spec.id for b in mapped.binding.cells if b.edition_unsure}
    assert {"disclosure.regulations.in_force", "disclosure.fees.amount"} <= unsure
    assert not any(cell_id.startswith(("applications", "challenges")) for cell_id in unsure)


def test_a_table_of_the_older_edition_is_told_by_one_row_on_top_of_a_page() -> None:
    """Where the newer one has three rows, （六）其他 is one: taken for 3.其他 it would leave two rows missing."""
    truth = numbered_truth(FORM_2021, {"applications": FORM_2019})
    disclosure, applications, challenges = grids_of(truth)
    row = row_of(applications, "applications.other")
    applications = with_label(applications, row, "（六）其他")
    pieces = [Piece(disclosure), Piece(applications, 1, 0, row), Piece(applications, 2, row)]
    mapped = map_tables([*map(to_table, pieces), to_table(Piece(challenges, 2), 900.0)])
    assert mapped.editions["applications"] == FORM_2019
    assert (mapped.wrong(truth), mapped.missing()) == ({}, set())


def test_no_row_is_lost_between_two_that_follow_each_other_in_a_drawn_table() -> None:
    """The two rows that the older edition lacks tell it, though its one row prints the label of the newer edition's third."""
    truth = numbered_truth(FORM_2021, {"applications": FORM_2019})
    disclosure, applications, challenges = grids_of(truth, LOOKS["word-song"])
    short = with_label(applications, row_of(applications, "applications.other"), "（六）其他")
    mapped = map_tables(to_tables([disclosure, short, challenges]))
    assert mapped.editions["applications"] == FORM_2019
    assert (mapped.wrong(truth), mapped.missing()) == ({}, set())


def test_a_number_under_two_headings_is_doubted() -> None:
    """A lost border and a false one leave as many cells as the form has, and a sum that holds: the number is one column off."""
    cells = tuple(replace(c, col=2 * c.col, col_span=2 * c.col_span) for c in CHALLENGES.cells)
    upheld, overturned, _, pending, *_ = (c for c in cells if c.cell_id)
    cut = [
        replace(upheld, col_span=4, text="2"),
        replace(pending, col_span=1, text=""),
        replace(pending, col=pending.col + 1, col_span=1, text="", cell_id=None),
    ]
    # Heads that are misread tell no columns: the row's own cells are taken as they stand.
    misread = {"结果维持": "维", "结果纠正": "正"}
    kept = [
        replace(c, text=misread.get(c.text, c.text)) for c in cells if c not in (upheld, overturned, pending)
    ]
    weights = tuple(w / 2 for w in CHALLENGES.weights for _ in range(2))
    shifted = replace(CHALLENGES, weights=weights, cells=(*kept, *cut))
    mapped = map_tables(to_tables([DISCLOSURE, APPLICATIONS, shifted]))
    doubted = {b.spec.id for b in mapped.binding.cells if b.shared}
    assert {upheld.cell_id, overturned.cell_id} <= doubted
