"""The desk's other pages in the browser, by keyboard; what they look like; whether everybody can use them."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from ...conftest import rows_in, run_in
from .conftest import ROOT, Desk, in_review, make_archive, running_desk, visitor, wait_for_cell

PICTURES = ROOT / "docs" / "images"
TOTAL = "applications.granted.total"
PART = "applications.granted.natural_person"
CHECK = "applications.applicants_sum.granted"


def own_sum_is_wrong(truth: dict[str, Any]) -> Any:
    """A report whose granted total is one too many, and which has a dozen more cells in review."""

    def change(data: dict[str, Any], number: int) -> None:
        zeros = [i for i, value in truth.items() if value == 0][:12]
        for cell_id in zeros:
            in_review(data, cell_id)
        wrong = truth[TOTAL] + 1
        offered = [{"value": truth[TOTAL], "confidence": 0.3}]
        in_review(
            data, TOTAL, value=wrong, raw_text=str(wrong), alternatives=offered, reasons=["check_failed"]
        )
        in_review(data, PART, reasons=["check_failed"])
        for check in data["checks"]:
            if TOTAL in check["cells"]:
                check |= {"state": "violated", "cause": "suspect_reading", "suspect_cells": [TOTAL]}

    return change


@pytest.fixture
def desk(tmp_path: Path, scans: Path, read_record: dict[str, Any], truth: dict[str, Any]) -> Iterator[Desk]:
    """Three such reports."""
    db = make_archive(tmp_path, scans / "demo.pdf", read_record, 3, own_sum_is_wrong(truth))
    with running_desk(db, tmp_path) as running:
        yield running


def test_the_check_is_evaluated_while_typing(chromium: Browser, desk: Desk, truth: dict[str, Any]) -> None:
    with visitor(chromium, desk, "林一") as page:
        page.goto(f"{desk.url}desk")
        record, cell = wait_for_cell(page, ("", ""))
        assert cell == TOTAL, "the cell whose answer settles most comes first"
        page.keyboard.press("c")
        page.wait_for_selector("#state.violated")
        assert abs(int(page.inner_text("#residual"))) == 1
        assert (
            page.locator("#mends li")
            .first.inner_text()
            .startswith(page.inner_text(f"[data-cell='{TOTAL}'] label"))
        )
        box = page.locator(f"[data-cell='{TOTAL}'] input")
        box.focus()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(str(truth[TOTAL]))
        page.wait_for_selector("#state.holds")
        assert page.inner_text("#residual") == "0"
        page.keyboard.press("Enter")
        page.wait_for_selector("#state.holds")
        page.wait_for_function("() => !document.getElementById('mends')")
    found = rows_in(
        desk.db, f"SELECT value, status FROM current_cells WHERE record_id = {record} AND cell_id = '{TOTAL}'"
    )
    assert found == [(truth[TOTAL], "corrected")]


def test_the_report_itself_does_not_add_up(chromium: Browser, desk: Desk, truth: dict[str, Any]) -> None:
    with visitor(chromium, desk, "林一") as page:
        page.goto(f"{desk.url}records/1/checks/{CHECK}")
        page.wait_for_selector("#state.violated")
        page.keyboard.press("Alt+n")
        page.wait_for_function("() => document.getElementById('note').textContent !== ''")
        page.reload()
        assert page.locator("#withdraw").is_visible()
    assert rows_in(desk.db, "SELECT record_id, check_id, answer, person FROM check_answers") == [
        (1, CHECK, "source_inconsistent", "林一")
    ]
    found = rows_in(
        desk.db, f"SELECT value, status FROM current_cells WHERE record_id = 1 AND cell_id = '{TOTAL}'"
    )
    assert found == [(truth[TOTAL] + 1, "corrected")]


def test_what_nobody_could_read_is_not_confirmed_by_a_check(chromium: Browser, desk: Desk) -> None:
    changed = "UPDATE cells SET kind = 'illegible', value = NULL, raw_text = NULL WHERE record_id = 1 AND cell_id = '{}'"
    run_in(desk.db, changed.format(PART))
    with visitor(chromium, desk, "林一") as page:
        page.goto(f"{desk.url}records/1/checks/{CHECK}")
        page.wait_for_selector(f"[data-cell='{TOTAL}'] input")
        with page.expect_navigation():
            page.press(f"[data-cell='{TOTAL}'] input", "Enter")
    entered = {row[0] for row in rows_in(desk.db, "SELECT cell_id FROM corrections WHERE record_id = 1")}
    assert TOTAL in entered
    assert PART not in entered


def test_a_link_to_a_cell_marks_it_on_the_scan(chromium: Browser, desk: Desk) -> None:
    """As a workbook's links lead there; the table scrolls to it, and the scan follows the table."""
    ((*bbox,),) = rows_in(
        desk.db, f"SELECT x0, y0, x1, y1 FROM cells WHERE record_id = 1 AND cell_id = '{TOTAL}'"
    )
    with visitor(chromium, desk, "林一") as page:
        page.goto(f"{desk.url}records/1#{TOTAL}")
        page.wait_for_selector("canvas.page[data-bbox]")
        page.wait_for_timeout(500)  # longer than the scan waits for the table to stand still
        assert page.get_attribute("canvas.page", "data-bbox") == ",".join(map(str, bbox))


def test_any_cell_is_edited_in_the_whole_table(chromium: Browser, desk: Desk) -> None:
    accepted = rows_in(
        desk.db, "SELECT cell_id FROM cells WHERE record_id = 1 AND status = 'accepted' ORDER BY cell_id"
    )[0][0]
    with visitor(chromium, desk, "林一") as page:
        page.goto(f"{desk.url}records/1")
        page.wait_for_selector(".cell-button.chosen")
        button = page.locator(f".cell-button[data-cell='{accepted}']")
        button.focus()
        page.keyboard.press("Enter")
        page.wait_for_selector("#edit[open]")
        page.keyboard.type("4711")
        page.keyboard.press("Enter")
        page.wait_for_selector("#edit", state="hidden")
        expect(button).to_have_text("4711")
        page.keyboard.press("Enter")
        page.wait_for_selector("#edit-history li:nth-child(2)")
        assert "林一" in page.inner_text("#edit-history li:nth-child(2)")


def test_a_carpet_of_zeros_but_the_odd_one(chromium: Browser, desk: Desk) -> None:
    with visitor(chromium, desk, "林一") as page:
        page.goto(f"{desk.url}carpet")
        page.locator(".group[data-kind='number'][data-value='0']").focus()
        page.keyboard.press("Enter")
        page.wait_for_selector("#confirm:not([disabled])")
        assert page.locator("#carpet button").count() == 36
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        page.wait_for_function("() => document.getElementById('note').textContent !== ''")
    done = rows_in(desk.db, "SELECT purpose, value, COUNT(*) FROM corrections GROUP BY purpose, value")
    assert done == [("carpet", 0, 35)]
    assert rows_in(desk.db, "SELECT COUNT(*) FROM waiting WHERE skipped = 1") == [(1,)]


def test_an_audit_measures_what_was_promised(chromium: Browser, desk: Desk, truth: dict[str, Any]) -> None:
    with sqlite3.connect(desk.db) as raw:
        raw.execute("DELETE FROM waiting")
    with visitor(chromium, desk, "林一") as page:
        page.goto(f"{desk.url}audit")
        page.fill("#count", "5")
        page.press("#count", "Enter")
        page.wait_for_function("() => document.getElementById('note').textContent !== ''")
        page.goto(f"{desk.url}desk")
        shown = None
        for n in range(5):
            shown = wait_for_cell(page, shown or ("", ""))
            assert page.input_value("#value") == ""
            page.keyboard.type("99" if n == 0 else str(truth[shown[1]]))
            page.keyboard.press("Enter")
        wait_for_cell(page, shown)
        page.wait_for_selector("#saving:empty", state="attached")
        page.goto(f"{desk.url}audit")
        assert "1 / 5" in page.inner_text("#measured")


def test_english_by_switch_and_by_browser(chromium: Browser, desk: Desk) -> None:
    with visitor(chromium, desk, "Lin") as page:
        assert page.inner_text("h1") == "待核对的单元格"
        page.get_by_role("button", name="English").press("Enter")
        page.wait_for_selector("html[lang='en']")
        assert page.inner_text("h1") == "Cells to review"
    with visitor(chromium, desk, "Lin", locale="en-GB") as page:
        assert page.inner_text("h1") == "Cells to review"


PAGES = {
    "queue": "", "desk": "desk", "check": f"records/1/checks/{CHECK}", "table": "records/1", "carpet": "carpet", "audit": "audit",
}  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_barrier_on_any_page(chromium: Browser, desk: Desk, scheme: str) -> None:
    found = []
    with visitor(chromium, desk, "林一", color_scheme=scheme, bypass_csp=True) as page:
        for name, path in PAGES.items():
            open_page(page, desk, name, path)
            if picture := os.environ.get("GOUJI_SCREENSHOTS"):
                page.screenshot(path=PICTURES / f"desk-{name}{'-dark' if scheme == 'dark' else ''}.{picture}")
            response = Axe().run(page).response
            found += [
                (name, v["id"], v["nodes"][0]["html"], v["nodes"][0]["failureSummary"])
                for v in response["violations"]
                if v["impact"] in ("serious", "critical")
            ]
    assert found == []


def open_page(page: Page, desk: Desk, name: str, path: str) -> None:
    """A page with everything on it that comes later."""
    page.goto(f"{desk.url}{path}")
    if name == "desk":
        wait_for_cell(page, ("", ""))
    if name == "carpet":
        page.locator(".group").first.click()
        page.wait_for_selector("#confirm:not([disabled])")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
