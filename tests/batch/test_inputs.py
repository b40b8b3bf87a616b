"""Paths on the command line become jobs, each with a name for its record."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from gouji.batch.inputs import find_jobs
from gouji.document.limits import Limits
from gouji.ocr.pages import open_source
from PIL import Image


def plant(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def names_of(paths: Sequence[Path], *, folder_is_report: bool = False) -> list[str]:
    jobs, unlistable = find_jobs(paths, folder_is_report=folder_is_report)
    assert unlistable == ()
    assert len({job.record_name for job in jobs}) == len(jobs)
    return [job.record_name for job in jobs]


def test_folders_are_searched_in_a_stable_order(tmp_path: Path) -> None:
    plant(
        tmp_path,
        "b.pdf",
        "a.PDF",
        "c.txt",
        "below/deep/d.tiff",
        "below/e.jpeg",
        "f.png",
        "g.json",
        "h.jpg",
        "i.tif",
    )
    expected = ["a.json", "b.json", "f.json", "h.json", "i.json", "below/e.json", "below/deep/d.json"]
    assert names_of([tmp_path]) == expected
    assert names_of([tmp_path]) == expected


def test_hidden_files_and_folders_are_left_out(tmp_path: Path) -> None:
    plant(tmp_path, ".a.pdf", ".git/b.pdf", "._c.jpg", "d.pdf")
    assert names_of([tmp_path]) == ["d.json"]


def test_a_named_file_is_always_tried(tmp_path: Path) -> None:
    plant(tmp_path, "report.docx", ".hidden.pdf")
    assert names_of([tmp_path / "report.docx", tmp_path / ".hidden.pdf"]) == ["report.json", ".hidden.json"]
    (job,), _ = find_jobs([tmp_path / "absent.pdf"])
    assert job.path == tmp_path / "absent.pdf"


def test_records_of_one_name_keep_apart(tmp_path: Path) -> None:
    plant(tmp_path, "a.pdf", "a.tif", "a.tiff", "x/a.pdf", "y/a.pdf")
    assert names_of([tmp_path]) == ["a.json", "a.tif.json", "a.tiff.json", "x/a.json", "y/a.json"]
    named = [tmp_path / "x" / "a.pdf", tmp_path / "y" / "a.pdf", tmp_path / "a.pdf"]
    assert names_of(named) == ["a.json", "a.pdf.json", "a.pdf-2.json"]


def test_a_file_reached_twice_is_one_job(tmp_path: Path) -> None:
    plant(tmp_path, "in/a.pdf", "in/b.pdf")
    link = tmp_path / "link.pdf"
    link.symlink_to(tmp_path / "in" / "a.pdf")
    paths = [tmp_path / "in", tmp_path / "in" / "a.pdf", tmp_path / "in" / ".." / "in" / "b.pdf", link]
    assert names_of(paths) == ["a.json", "b.json"]


def test_a_folder_of_pictures_is_one_report_on_request(tmp_path: Path) -> None:
    plant(tmp_path, "one/p1.jpg", "one/p2.jpg", "one/extra.pdf", "one/deeper/p1.png", "two.pdf")
    assert names_of([tmp_path], folder_is_report=True) == [
        "two.json",
        "one.json",
        "one/extra.json",
        "one/deeper.json",
    ]
    jobs, _ = find_jobs([tmp_path / "one"], folder_is_report=True)
    assert [(j.path.name, j.record_name) for j in jobs] == [
        ("one", "one.json"), ("extra.pdf", "extra.json"), ("deeper", "deeper.json"),
    ]  # fmt: skip
    assert names_of([tmp_path / "one" / "p1.jpg"], folder_is_report=True) == ["p1.json"]


def test_nothing_gives_nothing(tmp_path: Path) -> None:
    plant(tmp_path, "notes.txt")
    assert names_of([tmp_path]) == []
    assert names_of([]) == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may list every folder")
def test_a_folder_that_cannot_be_listed_is_reported_and_the_rest_is_done(tmp_path: Path) -> None:
    plant(tmp_path, "shut/a.pdf", "open/b.pdf")
    (tmp_path / "shut").chmod(0)
    try:
        jobs, unlistable = find_jobs([tmp_path])
    finally:
        (tmp_path / "shut").chmod(0o755)
    assert [job.record_name for job in jobs] == ["open/b.json"]
    assert [item.path for item in unlistable] == [tmp_path / "shut"]
    assert "cannot be listed" in str(unlistable[0].error)


def test_a_tiff_of_several_pages_is_a_report_of_its_own(tmp_path: Path) -> None:
    page = Image.new("L", (60, 80), 255)
    page.save(tmp_path / "report.tiff", save_all=True, append_images=[page])
    page.save(tmp_path / "page-1.tif")
    page.save(tmp_path / "page-2.png")
    jobs, _ = find_jobs([tmp_path], folder_is_report=True)
    assert [job.path for job in jobs] == [tmp_path, tmp_path / "report.tiff"]
    source = open_source(tmp_path, Limits(), folder_is_report=True)
    assert [path.name for path in source.files] == ["page-1.tif", "page-2.png"]
