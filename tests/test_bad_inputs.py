"""A run over good and bad files: each bad one costs itself only and is told in one clear sentence."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from gouji.document.record import Record

from fixtures.synthetic import files

BAD = {
    "in/bad/encrypted.pdf": ("encrypted_file", "password"),
    "in/bad/truncated.pdf": ("damaged_file", "truncated.pdf"),
    "in/bad/zero.pdf": ("empty_document", "0 pages, expected at least 1"),
    "in/bad/text.pdf": ("unsupported_media", "text.pdf"),
    "in/bad/huge.png": ("limit", "60000"),
    "in/bad/many.pdf": ("limit", "5000 pages, expected at most 500"),
    "in/bad/no-table.png": ("form_not_found", "found no ruled table on 1 pages"),
    "in/bad/unrelated.png": ("form_not_found", "no table of the national form"),
    "in/absent.pdf": ("unreadable_file", "absent.pdf"),
}


@pytest.fixture(scope="module")
def events(mixed_run: Any) -> dict[str, dict[str, Any]]:
    return {event["path"]: event for event in map(json.loads, mixed_run.out.splitlines())}


def test_every_file_has_one_event_and_the_run_says_that_some_failed(
    mixed_run: Any, events: dict[str, dict[str, Any]]
) -> None:
    assert set(events) == {*BAD, "in/good/demo.pdf", "in/good/half/page.png"}
    assert len(mixed_run.out.splitlines()) == len(events)
    assert mixed_run.code == 3


@pytest.mark.parametrize("path", BAD)
def test_a_bad_file_is_told_in_one_sentence(
    mixed_run: Any, events: dict[str, dict[str, Any]], path: str
) -> None:
    category, said = BAD[path]
    event = events[path]
    assert (event["state"], event["category"]) == ("failed", category)
    assert said in event["error"]
    (line,) = [ln for ln in mixed_run.err.splitlines() if Path(path).name in ln]
    assert line == f"gouji: {event['error']} {event['remedy']}".strip()
    assert event["remedy"].endswith(".")


def test_nothing_else_is_said(mixed_run: Any) -> None:
    assert len(mixed_run.err.splitlines()) == len(BAD)


def test_a_page_with_one_table_of_three_is_a_record_that_says_what_lacks(mixed_run: Any) -> None:
    text = (mixed_run.folder / "out" / "good" / "half" / "page.json").read_text("utf-8")
    record = Record.model_validate_json(text)
    (failure,) = [f for f in record.failures if f.what == "table_not_found"]
    assert failure.where == "table challenges"
    assert {c.kind for c in record.cells if c.id.startswith("challenges.")} == {"missing"}
    assert {c.kind for c in record.cells if c.id.startswith("disclosure.")} == {"number"}


@pytest.mark.parametrize("name", ["encrypted.pdf", "huge.png"])
def test_a_run_of_bad_files_only_has_nothing_usable(gouji: Any, tmp_path: Path, name: str) -> None:
    make = {"encrypted.pdf": files.encrypted_pdf, "huge.png": files.huge_png}[name]
    make(tmp_path / name)
    run = gouji(tmp_path, "digitize", name)
    assert run.code == 4
    assert json.loads(run.out)["state"] == "failed"
    assert len(run.err.splitlines()) == 1


def test_limits_can_be_set(gouji: Any, scans: Path, tmp_path: Path) -> None:
    run = gouji(tmp_path, "digitize", scans / "demo.pdf", "--max-pages", "2")
    assert (run.code, json.loads(run.out)["category"]) == (4, "limit")
    assert "3 pages, expected at most 2" in run.err
    run = gouji(tmp_path, "digitize", scans / "fax.tiff", "--max-seconds", "0.3")
    assert (run.code, json.loads(run.out)["category"]) == (4, "limit")
    assert "took longer than 0.3 s" in run.err


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may list every folder")
def test_a_folder_that_cannot_be_listed(gouji: Any, tmp_path: Path) -> None:
    shut = tmp_path / "in" / "shut"
    shut.mkdir(parents=True)
    files.text_as_pdf(tmp_path / "in" / "text.pdf")
    shut.chmod(0)
    try:
        run = gouji(tmp_path, "digitize", "in")
    finally:
        shut.chmod(0o755)
    events = [json.loads(line) for line in run.out.splitlines()]
    assert [(e["path"], e["category"]) for e in events] == [
        ("in/shut", "unreadable_file"), ("in/text.pdf", "unsupported_media"),
    ]  # fmt: skip
    assert run.code == 4
