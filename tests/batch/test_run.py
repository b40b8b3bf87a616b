"""A run's exit code by its outcomes."""

from __future__ import annotations

from pathlib import Path

import pytest
from gouji.batch.delivery import Outcome
from gouji.batch.run import exit_code_of
from gouji.document.errors import DamagedFileError, ExitCode
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
