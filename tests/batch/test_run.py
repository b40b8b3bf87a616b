"""A run's outcomes: exit codes, and records written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from gouji.batch.delivery import Outcome, write_atomically
from gouji.batch.run import exit_code_of
from gouji.document.errors import DamagedFileError, ExitCode, OutputError
from gouji.document.record import Failure

from fixtures.scanmaker.committed import FIXTURES_DIR
from fixtures.scanmaker.truth import load_truth
from fixtures.synthetic.records import record_of

RECORD = record_of(load_truth(FIXTURES_DIR / "truth" / "seed-000.json"))
DONE = Outcome(Path("a.pdf"), RECORD)
PARTIAL = Outcome(
    Path("b.pdf"), RECORD.model_copy(update={"failures": (Failure(where="page 1", what="page", why="torn"),)})
)
FAILED = Outcome(Path("c.pdf"), error=DamagedFileError("c.pdf is truncated."))


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ([DONE], ExitCode.OK),
        ([DONE, DONE], ExitCode.OK),
        ([DONE, FAILED], ExitCode.SOME_FAILED),
        ([PARTIAL], ExitCode.SOME_FAILED),
        ([FAILED, PARTIAL], ExitCode.SOME_FAILED),
        ([FAILED, FAILED], ExitCode.NOTHING_USABLE),
        ([], ExitCode.NOTHING_USABLE),
    ],
)
def test_exit_codes(outcomes: list[Outcome], code: ExitCode) -> None:
    assert exit_code_of(outcome.state for outcome in outcomes) is code


def test_a_file_is_written_with_its_folders_and_replaces_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "out" / "below" / "a.json"
    write_atomically(path, "年度\n")
    write_atomically(path, "报告\n")
    assert path.read_text("utf-8") == "报告\n"
    assert [p.name for p in path.parent.iterdir()] == ["a.json"]


def test_what_cannot_be_written_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_atomically(path, "whole")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "half \ud800")
    assert path.read_text("utf-8") == "whole"


@pytest.mark.parametrize("place", ["file/a.json", "folder"])
def test_a_place_that_takes_no_file_is_an_output_error(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("not a folder", "utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "something").write_text("", "utf-8")
    with pytest.raises(OutputError, match="cannot be written") as caught:
        write_atomically(tmp_path / place, "text")
    assert str(tmp_path / place) in str(caught.value)


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError):
        write_atomically(tmp_path / "folder", "text")
    assert [p.name for p in tmp_path.iterdir()] == ["folder"]
