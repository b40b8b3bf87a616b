"""Files are written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from gouji.document.errors import OutputError
from gouji.document.whole import write_whole


def test_a_file_is_written_with_its_folders_and_replaces_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "out" / "below" / "a.json"
    write_whole(path, "年度\n")
    write_whole(path, "报告\n")
    assert path.read_text("utf-8") == "报告\n"
    assert [p.name for p in path.parent.iterdir()] == ["a.json"]


def test_what_cannot_be_written_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_whole(path, "whole")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "half \ud800")
    assert path.read_text("utf-8") == "whole"


@pytest.mark.parametrize("place", ["file/a.json", "folder"])
def test_a_place_that_takes_no_file_is_an_output_error(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("not a folder", "utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "something").write_text("", "utf-8")
    with pytest.raises(OutputError, match="cannot be written") as caught:
        write_whole(tmp_path / place, "text")
    assert str(tmp_path / place) in str(caught.value)


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError):
        write_whole(tmp_path / "folder", "text")
    assert [p.name for p in tmp_path.iterdir()] == ["folder"]
