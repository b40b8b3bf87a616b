"""The API: from the queue to a correction, its history and its undoing; checks, carpet, audits, records and pictures."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from ..conftest import rows_in
from .conftest import CHECK, WAITING, Desk, Html, OpenDesk, Visitor, change, made_record

KEY = "answer-key-1"


def claimed(visitor: Visitor, count: int = 1) -> list[dict[str, Any]]:
    """Cells that are before somebody now."""
    found: list[dict[str, Any]] = visitor.sent("/api/queue/claim", {"count": count})
    return found


def place(cell: dict[str, Any]) -> str:
    return f"/api/records/{cell['record_id']}/cells/{cell['cell_id']}"


def number(value: str, key: str = KEY, over: int | None = None) -> dict[str, Any]:
    return {"kind": "number", "value": value, "key": key, "over": over, "seconds": 1.5}


def test_the_queue_lists_reports_and_what_can_be_filtered_by(desk: Desk, anna: Visitor) -> None:
    (report,) = anna.told("/api/queue")
    waiting = rows_in(desk.db, "SELECT COUNT(*) FROM waiting")[0][0]
    assert report["cells"] == waiting >= WAITING
    assert report["worth"] == 1
    choices = anna.told("/api/queue/choices")
    assert [c["name"] for c in choices["agencies"]] == [report["agency"]]
    assert {c["name"] for c in choices["reasons"]} == {"low_confidence", "check_failed"}
    assert anna.told("/api/queue", params={"year": 1999}) == []
    assert (
        anna.told("/api/queue", params={"agency": report["agency"], "reason": "check_failed"})[0]["cells"]
        == 1
    )
    progress = anna.told("/api/queue/progress")
    assert (progress["left"], progress["done"], progress["seconds_left"]) == (waiting, 0, None)


def test_the_cell_that_settles_a_check_comes_first_with_all_that_is_known(anna: Visitor) -> None:
    (cell,) = claimed(anna)
    assert cell["worth"] == 1
    assert CHECK in [check["check_id"] for check in cell["checks"]]
    assert (cell["status"], cell["step"], cell["over"]) == ("review", "first", None)
    (other,) = anna.sent(
        "/api/queue/claim", {"without": [{"sha256": cell["sha256"], "cell_id": cell["cell_id"]}], "count": 1}
    )
    assert [a["value"] for a in other["alternatives"]] == ["4711", None]
    assert other["reasons"] == ["low_confidence"]


def test_two_people_never_get_the_same_cell(desk: Desk, anna: Visitor) -> None:
    bert = desk.visitor("Bert")
    mine, others = (claimed(visitor, 20) for visitor in (anna, bert))
    assert len(mine) >= WAITING
    assert others == []
    assert anna.sent("/api/queue/renew") == {"cells": len(mine)}
    assert anna.sent("/api/queue/release", {"cells": [], "skipped": False}) == {"cells": len(mine)}
    assert [c["cell_id"] for c in claimed(bert, 20)] == [c["cell_id"] for c in mine]


def test_a_skipped_cell_comes_last(anna: Visitor) -> None:
    (cell,) = claimed(anna)
    key = {"sha256": cell["sha256"], "cell_id": cell["cell_id"]}
    anna.sent("/api/queue/release", {"cells": [key], "skipped": True})
    assert claimed(anna, 20)[-1]["cell_id"] == cell["cell_id"]


def test_a_correction_is_in_force_and_in_the_history(desk: Desk, anna: Visitor) -> None:
    (cell,) = claimed(anna)
    done = anna.sent(f"{place(cell)}/corrections", number("12") | {"reason": "a stain"})
    assert done["settled"]
    (now,) = [c for c in anna.told("/api/records/1/cells") if c["cell_id"] == cell["cell_id"]]
    assert (now["value"], now["status"], now["over"]) == ("12", "corrected", done["correction_id"])
    assert now["read_value"] == cell["value"]
    (entry,) = anna.told(f"{place(cell)}/history")
    assert (entry["person"], entry["old_value"], entry["value"]) == ("Anna", cell["value"], "12")
    assert (entry["reason"], entry["seconds"], entry["purpose"]) == ("a stain", 1.5, "review")
    assert cell["cell_id"] not in {c["cell_id"] for c in claimed(anna, 20)}
    assert rows_in(desk.db, "SELECT person, value FROM corrections") == [("Anna", 12)]


def test_an_answer_sent_twice_is_written_once(desk: Desk, anna: Visitor) -> None:
    (cell,) = claimed(anna)
    first, again = (anna.sent(f"{place(cell)}/corrections", number("12")) for _ in range(2))
    assert first == again
    assert rows_in(desk.db, "SELECT COUNT(*) FROM corrections") == [(1,)]
    bert = desk.visitor("Bert")
    assert "has this key" in bert.sent(f"{place(cell)}/corrections", number("12"), 409)["message"]


def test_who_comes_second_is_told(desk: Desk, anna: Visitor) -> None:
    (cell,) = claimed(anna)
    bert = desk.visitor("Bert")
    held = bert.sent(f"{place(cell)}/corrections", number("13", "other-key"), 409)
    assert "Anna has it before them" in held["message"]
    anna.sent(f"{place(cell)}/corrections", number("12"))
    late = bert.sent(f"{place(cell)}/corrections", number("13", "other-key"), 409)
    assert (late["category"], late["remedy"]) == ("conflict", "Look at it again: what is there now is shown.")
    assert rows_in(desk.db, "SELECT value FROM corrections") == [(12,)]


def test_one_s_own_last_entry_can_be_taken_back(desk: Desk, anna: Visitor) -> None:
    (cell,) = claimed(anna)
    done = anna.sent(f"{place(cell)}/corrections", number("12"))
    undo = f"/api/corrections/{done['correction_id']}/undo"
    bert = desk.visitor("Bert")
    assert "only they can take it back" in bert.sent(undo, {"key": "undo-key-1"}, 409)["message"]
    first, again = (anna.sent(undo, {"key": "undo-key-2"}) for _ in range(2))
    assert first == again
    assert claimed(anna)[0]["cell_id"] == cell["cell_id"]
    assert [(e["purpose"], e["undone"]) for e in anna.told(f"{place(cell)}/history")] == [
        ("review", True),
        ("undo", False),
    ]
    anna.sent("/api/corrections/4711/undo", {"key": "undo-key-3"}, 404)


def test_double_entry_is_blind_and_settles_when_both_agree(open_desk: OpenDesk) -> None:
    from gouji.store.desk.answers import DoubleEntry

    desk = open_desk(double=DoubleEntry(share=1.0))
    anna, bert = desk.visitor("Anna"), desk.visitor("Bert")
    (cell,) = claimed(anna)
    assert not anna.sent(f"{place(cell)}/corrections", number("12"))["settled"]
    mine = {c["cell_id"] for c in claimed(anna, 20)}
    assert cell["cell_id"] not in mine
    anna.sent("/api/queue/release")
    (blind,) = [c for c in claimed(bert, 20) if c["cell_id"] == cell["cell_id"]]
    assert (blind["step"], blind["value"], blind["read_value"], blind["raw_text"]) == (
        "second",
        None,
        None,
        None,
    )
    assert blind["alternatives"] == []
    told_nothing = number("12", "second-key")
    assert bert.sent(f"{place(cell)}/corrections", told_nothing, 409)["category"] == "conflict"
    assert bert.sent(f"{place(cell)}/corrections", told_nothing | {"step": "second"})["settled"]
    assert bert.told("/api/audit")["agreed"]["hits"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "number"},
        {"kind": "blank", "value": "1"},
        {"kind": "number", "value": "1e5"},
        {"kind": "number", "value": "１２"},
        {"kind": "number", "value": "1", "key": "short"},
        {"kind": "number", "value": "1", "seconds": -1},
        {"kind": "number", "value": "1", "reason": "x" * 501},
        {"kind": "number", "value": "1", "person": "Bert"},
        {"kind": "number", "value": "1" * 16},
        {"kind": "number", "value": "1\n"},
    ],
)
def test_what_is_no_answer_is_refused(desk: Desk, anna: Visitor, wrong: dict[str, Any]) -> None:
    (cell,) = claimed(anna)
    problem = anna.sent(f"{place(cell)}/corrections", {"key": KEY} | wrong, 422)
    assert set(problem) == {"category", "message", "remedy"}
    assert rows_in(desk.db, "SELECT COUNT(*) FROM corrections") == [(0,)]


def test_a_check_is_told_with_its_terms_and_mends(anna: Visitor) -> None:
    check = anna.told(f"/api/records/1/checks/{CHECK}")
    assert (check["state"], check["residual"] in ("7", "-7"), check["answer"]) == ("violated", True, None)
    assert CHECK in [c["check_id"] for c in check["violated"]]
    wrong = check["left"][0]
    assert str(int(wrong["value"]) - 7) in [
        m["value"] for m in check["mends"] if m["cell_id"] == wrong["cell_id"]
    ]


def test_a_check_that_is_mended_holds(anna: Visitor) -> None:
    wrong = anna.told(f"/api/records/1/checks/{CHECK}")["left"][0]
    anna.sent(f"{place(wrong)}/corrections", number(str(int(wrong["value"]) - 7)))
    check = anna.told(f"/api/records/1/checks/{CHECK}")
    assert (check["state"], check["residual"], check["mends"]) == ("holds", "0", [])
    answer = {"key": "check-key-1", "answer": "source_inconsistent", "terms": []}
    assert "not violated" in anna.sent(f"/api/records/1/checks/{CHECK}/answers", answer, 409)["message"]


def test_a_report_that_does_not_add_up_is_answered_once_and_withdrawn(desk: Desk, anna: Visitor) -> None:
    path = f"/api/records/1/checks/{CHECK}"
    wrong = anna.told(path)["left"][0]
    term = {"cell_id": wrong["cell_id"], "kind": "number", "value": wrong["value"], "key": "term-key-1"}
    given = {"key": "check-key-1", "answer": "source_inconsistent", "terms": [term]}
    for _ in range(2):
        assert anna.sent(f"{path}/answers", given) == {"state": "violated"}
    assert anna.told(path)["answer"] == "source_inconsistent"
    assert rows_in(desk.db, "SELECT purpose FROM corrections") == [("check",)]
    anna.sent(f"{path}/answers", {"key": "check-key-2", "answer": "withdrawn"})
    assert anna.told(path)["answer"] is None
    foreign = term | {"cell_id": "applications.received.other", "key": "term-key-2"}
    anna.sent(f"{path}/answers", given | {"key": "check-key-3", "terms": [foreign]}, 404)


def test_the_carpet_confirms_what_many_cells_were_read_as(open_desk: OpenDesk) -> None:
    desk = open_desk([made_record(1), made_record(2)])
    anna, bert = desk.visitor("Anna"), desk.visitor("Bert")
    group = max(anna.told("/api/carpet"), key=lambda g: g["cells"])
    wanted = {"kind": group["kind"], "value": group["value"]}
    cells = anna.sent("/api/carpet/claim", wanted)
    assert len(cells) == group["cells"] >= 2
    assert {c["record_id"] for c in cells} == {1, 2}
    assert bert.sent("/api/carpet/claim", wanted) == []
    entries = [
        {"record_id": c["record_id"], "cell_id": c["cell_id"], "key": f"carpet-key-{n}"}
        for n, c in enumerate(cells)
    ]
    others = bert.sent("/api/carpet/answers", wanted | {"cells": entries[:1]})
    assert (others["written"], len(others["left"])) == (0, 1)
    assert anna.sent("/api/carpet/answers", wanted | {"cells": entries}) == {
        "written": len(cells),
        "left": [],
    }
    assert rows_in(desk.db, "SELECT DISTINCT purpose FROM corrections") == [("carpet",)]
    bad = {"kind": "number", "value": "987654", "cells": entries[:1]}
    assert "987654" in anna.sent("/api/carpet/answers", bad, 404)["message"]


def test_an_audit_draws_accepted_cells_and_hides_what_was_read(desk: Desk, anna: Visitor) -> None:
    drawn = anna.sent("/api/audit/sample", {"cells": 5})["cells"]
    assert drawn == anna.told("/api/audit")["waiting"] == 5
    audits = [c for c in claimed(anna, 20) if c["step"] == "audit"]
    assert len(audits) == 5
    assert {(c["value"], c["read_value"], c["raw_text"], c["confidence"]) for c in audits} == {(None,) * 4}
    anna.sent(f"{place(audits[0])}/corrections", number("987654") | {"step": "audit"})
    figures = anna.told("/api/audit")
    assert (figures["wrong"]["cells"], figures["wrong"]["hits"], figures["waiting"]) == (1, 1, 4)


def test_records_are_listed_in_parts_and_given_out_as_they_were_read(open_desk: OpenDesk) -> None:
    records = [made_record(n) for n in (1, 2, 3)]
    anna = open_desk(records).visitor("Anna")
    assert [r["record_id"] for r in anna.told("/api/records", params={"limit": 2})] == [1, 2]
    assert [r["record_id"] for r in anna.told("/api/records", params={"after": 2})] == [3]
    assert anna.told("/api/records/2")["source"] == records[1]["source"]
    document = anna.told(f"/api/documents/{2:064x}")
    assert (document["state"], document["record_id"]) == ("done", 2)


@pytest.mark.parametrize(
    "path",
    [
        "/api/records/99", "/api/records/99/cells", "/api/records/99/pages/1", f"/api/records/99/checks/{CHECK}",
        "/api/records/1/checks/no.such_check", "/api/records/1/cells/no.such.cell/history",
        "/api/records/1/cells/no.such.cell/crop", f"/api/documents/{'f' * 64}", "/api/nothing",
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_404(anna: Visitor, path: str) -> None:
    assert set(anna.told(path, 404)) == {"category", "message", "remedy"}


@pytest.mark.parametrize("path", ["/records/99", f"/records/1/checks/{CHECK}x", "/nothing"])
def test_a_page_that_is_not_there_is_told_on_a_page(anna: Visitor, path: str) -> None:
    answer = anna.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert Html(answer.text).block("session")["person"] == "Anna"


def test_a_filter_that_is_none_is_told_on_a_page(anna: Visitor) -> None:
    answer = anna.get("/?year=never", headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    assert "The address holds no such filter. Go back to the queue." in answer.text


@pytest.mark.parametrize("path", ["/", "/?year=2022&agency=", "/desk", "/records/1", f"/records/1/checks/{CHECK}",
                                  "/carpet", "/audit"])  # fmt: skip
def test_every_page_comes(anna: Visitor, path: str) -> None:
    answer = anna.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_a_page_and_a_cell_of_a_real_scan_are_pictures(demo_desk: Desk) -> None:
    anna = demo_desk.visitor("Anna")
    cell = next(c for c in claimed(anna, 20) if c["bbox"])
    page = anna.get(f"/api/records/1/pages/{cell['page']}")
    crop = anna.get(f"{place(cell)}/crop")
    for answer in (page, crop):
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
        assert answer.headers["cache-control"] == "private, no-cache"
        again = anna.get(str(answer.url), headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304
    x0, y0, x1, y1 = cell["bbox"]
    with Image.open(io.BytesIO(crop.content)) as part, Image.open(io.BytesIO(page.content)) as whole:
        assert part.format == whole.format == "JPEG"
        assert part.width > x1 - x0
        assert part.height > y1 - y0
        assert whole.width > part.width
    assert "asked for page 9" in anna.told("/api/records/1/pages/9", 404)["message"]


def test_a_scan_that_is_gone_says_where_it_was(demo_desk: Desk) -> None:
    for table in ("sources", "records"):
        change(demo_desk.db, f"UPDATE {table} SET path = '/moved/away.pdf'")
    anna = demo_desk.visitor("Anna")
    cell = next(c for c in claimed(anna, 20) if c["bbox"])
    for path in ("/api/records/1/pages/1", f"{place(cell)}/crop"):
        problem = anna.told(path, 404)
        assert "is not where it was seen (/moved/away.pdf)" in problem["message"]
        assert "Put it back" in problem["remedy"]
