"""What the API gives out about documents and records."""

from __future__ import annotations

from pathlib import Path

import pytest
from gouji.document.errors import DamagedFileError
from gouji.document.record import ExtraRowInfo, ExtraValue, Failure
from gouji.store.archive import Archive
from gouji.store.connect import reading
from gouji.store.desk.answers import NotThereError
from gouji.store.desk.documents import JobState, extras_of, job_state, record_of, records_of
from gouji.store.state import SourceFile

from .conftest import DATA, DOUBTS, Save, made_record, sha

FILE = SourceFile(Path("/archive/made.pdf"), 1, 1)


def test_a_document_that_nobody_sent_is_not_there(archive: Archive) -> None:
    with pytest.raises(NotThereError, match="No document 000000000009"):
        job_state(archive, f"{9:012d}" + "0" * 52, None)


def test_a_document_waits_until_it_was_read(archive: Archive, save: Save) -> None:
    assert job_state(archive, sha(1), FILE.path) == JobState(sha256=sha(1), state="waiting")
    record_id = save(made_record({}))
    assert job_state(archive, sha(1), FILE.path) == JobState(sha256=sha(1), state="done", record_id=record_id)


def test_why_a_document_failed_is_told(archive: Archive, save: Save) -> None:
    run_id = archive.start_run("first", {})
    for message in ("made.pdf: empty.", "made.pdf: cut off."):
        archive.save_failure(run_id, FILE, "first", sha(1), DamagedFileError(message, "Scan it again."))
    state = job_state(archive, sha(1), None)
    assert (state.state, state.record_id, state.category) == ("failed", None, "damaged_file")
    assert (state.message, state.remedy) == ("made.pdf: cut off.", "Scan it again.")
    save(made_record({}))
    assert job_state(archive, sha(1), None).state == "done"


def test_a_document_of_which_a_page_failed_is_incomplete(archive: Archive, save: Save) -> None:
    page = Failure(where="page 2", what="page", why="It is torn.")
    value = ExtraValue(raw_text="3", value=3, page=1, bbox=(1, 2, 3, 4))
    extra = ExtraRowInfo(table="applications", label_read="其他", values=(value, value))
    record = made_record({}).model_copy(update={"failures": (page,), "extra_rows": (extra, extra)})
    record_id = save(record)
    assert job_state(archive, sha(1), None).state == "incomplete"
    with reading(archive.engine) as connection:
        rows, failures = extras_of(connection, record_id)
    assert [(row.table_id, row.label, row.values, row.bbox) for row in rows] == [
        ("applications", "其他", ("3", "3"), (1, 2, 3, 4))
    ] * 2
    assert [(f.place, f.category, f.message) for f in failures] == [("page 2", "page", "It is torn.")]


def test_records_are_listed_page_by_page_the_newest_of_each_document(archive: Archive, save: Save) -> None:
    old = save(made_record({}))
    ids = [save(made_record(DOUBTS, n), "second", f"/archive/{n}.pdf") for n in (1, 2, 3)]
    assert old not in ids
    listed = records_of(archive, 0, 100)
    assert [record.record_id for record in listed] == ids
    assert [record.record_id for record in records_of(archive, ids[0], 1)] == [ids[1]]
    assert records_of(archive, ids[-1], 100) == ()
    first = listed[0]
    assert (first.sha256, first.agency, first.year, first.pages) == (sha(1), "甲市", 2022, 1)
    assert (first.accepted, first.review, first.missing, first.violated) == (len(DATA["cells"]) - 3, 3, 0, 4)


def test_a_record_is_found_by_its_id(archive: Archive, record_id: int) -> None:
    assert record_of(archive, record_id).sha256 == sha(1)
    with pytest.raises(NotThereError, match="no record"):
        record_of(archive, record_id + 7)
