"""Documents that are sent in: digitized by a process of its own, refused with a reason, not lost when the desk is killed."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import Any

import pytest
from gouji.document.limits import Limits
from PIL import Image

from fixtures.synthetic import files

from .conftest import Desk, Html, OpenDesk, Visitor

PATIENCE = 240.0
"""Seconds; a page takes some on a machine with nothing else to do."""


def send_in(visitor: Visitor, content: bytes) -> Any:
    headers = {"X-CSRF-Token": visitor.csrf, "Content-Type": "application/octet-stream"}
    return visitor.client.post("/api/documents", content=content, headers=headers)


def outcome(visitor: Visitor, sha256: str) -> Any:
    """What has become of a document, once it is known."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        job = visitor.told(f"/api/documents/{sha256}")
        if job["state"] != "waiting":
            return job
        time.sleep(0.5)
    raise AssertionError("still waiting")


def open_for_uploads(open_desk: OpenDesk, folder: Path, **options: Any) -> tuple[Desk, Visitor]:
    desk = open_desk([], uploads=folder, **options)
    return desk, desk.visitor("Anna")


def named_by_content(folder: Path, path: Path, suffix: str) -> str:
    """Puts a file where a desk that was killed would have left it; its hash."""
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    folder.mkdir(exist_ok=True)
    path.rename(folder / f"{sha256}{suffix}")
    return sha256


def test_a_pdf_that_is_sent_in_becomes_a_record(open_desk: OpenDesk, tail_page: Path, tmp_path: Path) -> None:
    scan = tmp_path / "tail.pdf"
    with Image.open(tail_page) as picture:
        picture.convert("L").save(scan, resolution=200)
    _, anna = open_for_uploads(open_desk, tmp_path / "in")
    answer = send_in(anna, scan.read_bytes())
    sha256 = hashlib.sha256(scan.read_bytes()).hexdigest()
    assert (answer.status_code, answer.json()["state"], answer.json()["sha256"]) == (202, "waiting", sha256)
    assert [path.name for path in (tmp_path / "in").iterdir()] == [f"{sha256}.pdf"]
    job = outcome(anna, sha256)
    assert job["state"] in ("done", "incomplete"), job
    assert anna.told(f"/api/records/{job['record_id']}")["source"]["sha256"] == sha256
    assert anna.get(f"/records/{job['record_id']}").status_code == 200
    assert anna.get(f"/api/records/{job['record_id']}/pages/1").headers["content-type"] == "image/jpeg"
    assert send_in(anna, scan.read_bytes()).json() == job, "the same again is known"


def test_what_fails_says_why_also_after_the_desk_was_killed(open_desk: OpenDesk, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    files.encrypted_pdf(tmp_path / "encrypted.pdf")
    files.page_without_table(tmp_path / "letter.png")
    encrypted = named_by_content(folder, tmp_path / "encrypted.pdf", ".pdf")
    letter = named_by_content(folder, tmp_path / "letter.png", ".png")
    (folder / ".0123456789abcdef.part").write_bytes(b"half of a document")
    _, anna = open_for_uploads(open_desk, folder)
    for sha256, category in ((encrypted, "encrypted_file"), (letter, "form_not_found")):
        job = outcome(anna, sha256)
        assert (job["state"], job["category"], job["record_id"]) == ("failed", category, None)
        assert job["message"]


@pytest.mark.parametrize(
    ("content", "status", "category"),
    [
        (b"just a letter\n", 415, "unsupported_media"),
        (b"<html><script>alert(1)</script></html>", 415, "unsupported_media"),
        (b"PK\3\4 an office file", 415, "unsupported_media"),
        (b"", 422, "empty_document"),
        (b"%PDF-1.7\n" + b"x" * 2000, 413, "limit"),
    ],
)
def test_what_will_not_do_is_refused_and_nothing_is_left_of_it(
    open_desk: OpenDesk, tmp_path: Path, content: bytes, status: int, category: str
) -> None:
    _, anna = open_for_uploads(open_desk, tmp_path / "in", limits=Limits(max_bytes=2000))
    answer = send_in(anna, content)
    assert (answer.status_code, answer.json()["category"]) == (status, category)
    assert answer.json()["message"]
    assert list((tmp_path / "in").iterdir()) == []


def test_a_desk_without_a_folder_takes_nothing(anna: Visitor) -> None:
    answer = send_in(anna, b"%PDF-1.7")
    assert answer.status_code == 404
    assert "--uploads" in answer.json()["remedy"]
    assert not [a for t, a in Html(anna.get("/").text).tags if a.get("id") == "upload"]


def test_nobody_and_no_other_page_may_send_anything_in(open_desk: OpenDesk, tmp_path: Path) -> None:
    desk, anna = open_for_uploads(open_desk, tmp_path / "in")
    anna.csrf = "wrong"
    assert [send_in(v, b"%PDF-1.7").status_code for v in (desk.visitor(), anna)] == [401, 403]
    assert list((tmp_path / "in").iterdir()) == []
