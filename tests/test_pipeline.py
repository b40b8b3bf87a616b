"""Pages put together to a record, without pixels: what is absent, doubtful, violated or extra is said."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from gouji.decoding import decode_report
from gouji.document.errors import FormNotFoundError, PageError
from gouji.document.page import PageImage, Source
from gouji.document.record import Failure, PageInfo, Record
from gouji.document.table import Table
from gouji.matched import DigitizedPage, MatchedReport, look_again, match_form
from gouji.ocr.onnx import OnnxEngine
from gouji.pipeline import _digitize_all, assemble

from fixtures.scanmaker.committed import FIXTURES_DIR
from fixtures.scanmaker.grids import Grid, meta_grid
from fixtures.scanmaker.truth import load_truth
from fixtures.synthetic.tables import (
    Piece,
    grids_of,
    row_of,
    to_table,
    to_tables,
    with_extra_row,
    with_label,
    with_merged,
    with_remarks,
    with_text,
)

TRUTH = load_truth(FIXTURES_DIR / "truth" / "seed-001.json")
GRIDS = grids_of(TRUTH)
SOURCE = Source(Path("made.pdf"), (Path("made.pdf"),), "0" * 64, "application/pdf", 1)


def record_of(tables: Sequence[Table], failures: Sequence[Failure] = ()) -> Record:
    info = PageInfo(number=1, width=1400, height=9000, rotation=0, skew_degrees=0.0)
    page = DigitizedPage(info, tuple(tables), (), 9000)
    return assemble(SOURCE, decode_report(match_form([page])), failures, "none", time.perf_counter()).record


def record_with(table: int, grid: Grid) -> Record:
    return record_of(to_tables([grid if k == table else g for k, g in enumerate(GRIDS)]))


def test_a_faultless_reading_is_accepted_whole() -> None:
    record = record_of(to_tables(GRIDS))
    assert {c.id: c.value for c in record.cells} == dict(TRUTH.cells)
    assert {c.status for c in record.cells} == {"accepted"}
    assert {c.state for c in record.checks} == {"holds"}
    assert (record.failures, record.extra_rows) == ((), ())
    assert record.form.id == TRUTH.form
    assert set(record.form.tables.values()) == {TRUTH.form}
    assert record.form.confidence > 0.9
    assert (record.title, record.agency, record.year) == (None, None, None)
    assert all(c.page == 1 and c.bbox is not None and c.raw_text is not None for c in record.cells)


@pytest.mark.parametrize(("table", "where"), list(enumerate(("disclosure", "applications", "challenges"))))
def test_an_absent_table_is_missing_and_a_failure(table: int, where: str) -> None:
    record = record_of(to_tables([g for k, g in enumerate(GRIDS) if k != table]))
    (failure,) = record.failures
    assert (failure.where, failure.what) == (f"table {where}", "table_not_found")
    for cell in record.cells:
        if cell.id.startswith(where):
            assert (cell.kind, cell.value, cell.raw_text, cell.page, cell.bbox) == (
                "missing",
                None,
                None,
                None,
                None,
            )
            assert (cell.status, cell.confidence, cell.reasons) == ("review", 0.0, ("missing",))
        else:
            assert cell.value == TRUTH.cells[cell.id]
    assert {c.state for c in record.checks if c.id.startswith(where)} <= {"not_assessable"}
    assert len(record.cells) == 200


def test_failed_pages_stay_in_the_record() -> None:
    failure = Failure(where="page 2", what="page", why="torn")
    assert record_of(to_tables(GRIDS), [failure]).failures == (failure,)


@pytest.mark.parametrize("grids", [[], [meta_grid((("索引号", "12"), ("主题分类", "政务")))]])
def test_no_table_of_the_form_is_an_error_that_says_what_was_seen(grids: list[Grid]) -> None:
    seen = "no table of the national form among 1 ruled ones" if grids else "no ruled table"
    with pytest.raises(
        FormNotFoundError, match=f"made.pdf: found {seen} on 1 pages; expected the three tables"
    ):
        record_of(to_tables(grids))


def test_a_wrong_total_is_reported_and_never_mended() -> None:
    cell_id = "applications.granted.total"
    printed = TRUTH.cells[cell_id]
    assert isinstance(printed, int)
    record = record_with(1, with_text(GRIDS[1], cell_id, str(printed + 1)))
    cells = {c.id: c for c in record.cells}
    assert cells[cell_id].value == printed + 1
    assert cells[cell_id].status == "review"
    assert "check_failed" in cells[cell_id].reasons
    violated = {c.id for c in record.checks if c.state == "violated"}
    assert violated == {"applications.applicants_sum.granted", "applications.outcomes_sum.total"}
    assert all(c.suspect_cells == (cell_id,) for c in record.checks if c.state == "violated")
    assert {c.cause for c in record.checks if c.state != "violated"} == {None}
    assert cells["applications.granted.natural_person"].status == "accepted"
    assert cells["applications.carried_in.business"].status == "accepted"


def test_blank_slash_zero_and_unreadable_stay_four_things() -> None:
    ids = [f"applications.granted.{c}" for c in ("business", "research", "public_welfare", "legal_service")]
    grid = GRIDS[1]
    for cell_id, text in zip(ids, ("", "/", "0", "口"), strict=True):
        grid = with_text(grid, cell_id, text)
    cells = {c.id: c for c in record_with(1, grid).cells}
    assert [(cells[i].kind, cells[i].value) for i in ids] == [
        ("blank", None), ("not_applicable", None), ("number", 0), ("illegible", None),
    ]  # fmt: skip
    assert [cells[i].raw_text for i in ids] == ["", "/", "0", "口"]
    assert (cells[ids[3]].status, "illegible" in cells[ids[3]].reasons) == ("review", True)


def test_doubts_are_reasons_for_review() -> None:
    cases = {
        "applications.granted.business": ("2.5", "unexpected_decimal"),
        "applications.granted.research": ("-3", "unexpected_sign"),
        "disclosure.fees.amount": ("251000元", "unclear_note"),
    }
    grids = list(GRIDS)
    for cell_id, (text, _) in cases.items():
        k = 0 if cell_id.startswith("disclosure") else 1
        grids[k] = with_text(grids[k], cell_id, text)
    cells = {c.id: c for c in record_of(to_tables(grids)).cells}
    for cell_id, (_, reason) in cases.items():
        assert reason in cells[cell_id].reasons
        assert cells[cell_id].status == "review"
    assert (cells["disclosure.fees.amount"].value, cells["disclosure.fees.amount"].note) == (251000, "元")


def test_merged_blank_columns_are_blank_and_in_review() -> None:
    row = row_of(GRIDS[1], "applications.carried_in")
    cells = {c.id: c for c in record_with(1, with_merged(GRIDS[1], row, "business", "other_org", "")).cells}
    merged = cells["applications.carried_in.research"]
    assert (merged.kind, merged.status) == ("blank", "review")
    assert "merged_cell" in merged.reasons


def test_a_cell_cut_in_two_is_in_review_whatever_its_upper_half_shows() -> None:
    grid, cut = GRIDS[2], "challenges.litigation_after.upheld"
    row = row_of(grid, cut.rpartition(".")[0])
    cells = []
    for cell in grid.cells:
        if cell.row != row:
            cells.append(cell)
        elif cell.cell_id == cut:
            lower = replace(cell, row=row + 1, cell_id=None)
            cells += [replace(cell, text=""), lower]
        else:
            cells.append(replace(cell, row_span=2))
    record = record_with(2, replace(grid, rows=grid.rows + 1, cells=tuple(cells)))
    found = {c.id: c for c in record.cells}[cut]
    assert found.status == "review"


def test_a_weak_label_is_a_reason_for_review() -> None:
    row = row_of(GRIDS[1], "applications.carried_out")
    smudged = to_table(
        Piece(with_label(GRIDS[1], row, "口一※")), score=lambda text: 0.4 if "※" in text else 0.99
    )
    cells = {
        c.id: c for c in record_of([to_table(Piece(GRIDS[0])), smudged, to_table(Piece(GRIDS[2]))]).cells
    }
    assert cells["applications.carried_out.total"].value == TRUTH.cells["applications.carried_out.total"]
    assert "label_mismatch" in cells["applications.carried_out.total"].reasons
    assert cells["applications.carried_out.total"].row_label == "四、结转下年度继续办理"
    assert cells["applications.granted.total"].status == "accepted"


def test_an_extra_row_is_kept_with_its_values() -> None:
    row = row_of(GRIDS[0], "disclosure.normative_documents")
    record = record_with(0, with_extra_row(GRIDS[0], row, "其他主动公开文件", ("12", "/", "3")))
    (extra,) = record.extra_rows
    assert (extra.table, extra.label_read) == ("disclosure", "其他主动公开文件")
    assert [(v.raw_text, v.value, v.page) for v in extra.values] == [
        ("12", 12, 1),
        ("/", None, 1),
        ("3", 3, 1),
    ]


def test_cells_say_on_which_page_they_stand() -> None:
    tables = [to_table(Piece(GRIDS[0])), to_table(Piece(GRIDS[1], 1)), to_table(Piece(GRIDS[2], 2))]
    infos = [PageInfo(number=n, width=1400, height=2000, rotation=0, skew_degrees=0.0) for n in (1, 2, 3)]
    pages = [DigitizedPage(i, (t,), (), 2000) for i, t in zip(infos, tables, strict=True)]
    record = assemble(
        replace(SOURCE, pages=3), decode_report(match_form(pages)), (), "none", time.perf_counter()
    ).record
    assert {(c.id.partition(".")[0], c.page) for c in record.cells} == {
        ("disclosure", 1), ("applications", 2), ("challenges", 3),
    }  # fmt: skip
    assert [p.number for p in record.pages] == [1, 2, 3]


def test_no_page_is_decoded_twice(engine: OnnxEngine, demo_pages: tuple[PageImage, ...]) -> None:
    """The first one is turned upright before the others, and read beside them."""
    asked: list[int] = []

    class Counted:
        def __len__(self) -> int:
            return len(demo_pages)

        def read(self, index: int) -> PageImage:
            asked.append(index)
            return demo_pages[index]

    digitized = _digitize_all(Counted(), engine, with_sections=False)
    assert sorted(asked) == [0, 1, 2]
    assert [page.info.number for page in digitized if isinstance(page, DigitizedPage)] == [1, 2, 3]


def as_it_is(report: MatchedReport, only: int | None) -> MatchedReport:
    return report


def test_the_second_look_is_kept_only_where_it_finds_more() -> None:
    info = PageInfo(number=1, width=1400, height=9000, rotation=0, skew_degrees=0.0)
    whole = DigitizedPage(info, tuple(to_tables(GRIDS)), (), 9000)
    part = DigitizedPage(info, tuple(to_tables(GRIDS[:2])), (), 9000)
    nothing = DigitizedPage(info, (), (), 9000)
    assert look_again(match_form([part]), lambda page, missing: [whole], as_it_is).pages == (whole,)
    assert look_again(match_form([part]), lambda page, missing: [nothing], as_it_is).pages == (part,)


def test_columns_that_no_header_tells_deserve_another_look() -> None:
    """A column of its own in a table without its header: every cell is found, and may be one column off."""
    info = PageInfo(number=1, width=1400, height=9000, rotation=0, skew_degrees=0.0)
    whole = DigitizedPage(info, tuple(to_tables(GRIDS)), (), 9000)
    headless = to_table(Piece(with_remarks(GRIDS[1], 3.0), 0, GRIDS[1].header_rows))
    unsound = replace(headless, grid=replace(headless.grid, sound=False))
    untold = match_form([replace(whole, tables=(whole.tables[0], unsound, whole.tables[2]))])
    assert untold.complete
    assert (untold.untold, untold.settled) == (175, False)
    assert match_form([whole]).fit - untold.fit >= 175
    assert untold.wrong_pages == {0}
    assert look_again(untold, lambda page, missing: [whole], as_it_is).pages == (whole,)


def test_a_page_is_chosen_anew_once_its_neighbours_are_read() -> None:
    """Alone, a reading of the first page that looks like table three is the better one; table three stands on the second."""
    first, second = (
        PageInfo(number=n, width=1400, height=9000, rotation=0, skew_degrees=0.0) for n in (1, 2)
    )
    disclosure, applications, challenges = to_tables(GRIDS)
    blank = [DigitizedPage(info, (), (), 9000) for info in (first, second)]
    own = replace(blank[0], tables=(disclosure,))
    other = replace(blank[0], tables=(to_tables(GRIDS[1:2])[0],))
    rest = replace(blank[1], tables=(applications, challenges))
    again = {1: [own, other], 2: [rest]}
    report = look_again(match_form(blank), lambda page, missing: again[page.info.number], as_it_is)
    assert report.pages == (own, rest)
    assert report.complete


def test_a_second_look_is_judged_with_its_rows_cut_anew() -> None:
    info = PageInfo(number=1, width=1400, height=9000, rotation=0, skew_degrees=0.0)
    whole = DigitizedPage(info, tuple(to_tables(GRIDS)), (), 9000)
    part = DigitizedPage(info, tuple(to_tables(GRIDS[:2])), (), 9000)
    less = DigitizedPage(info, tuple(to_tables(GRIDS[:1])), (), 9000)

    def fitted(report: MatchedReport, only: int | None) -> MatchedReport:
        return match_form([whole]) if only is not None and report.pages[only] is less else report

    assert look_again(match_form([part]), lambda page, missing: [less], fitted).pages == (whole,)


def test_a_second_look_that_fails_leaves_the_first() -> None:
    def fail(page: DigitizedPage, missing: bool) -> list[DigitizedPage]:
        raise PageError(f"page {page.info.number} is gone", "Look for it.")

    info = PageInfo(number=1, width=1400, height=9000, rotation=0, skew_degrees=0.0)
    part = DigitizedPage(info, tuple(to_tables(GRIDS[:2])), (), 9000)
    assert look_again(match_form([part]), fail, as_it_is).pages == (part,)
