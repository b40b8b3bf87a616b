"""What people have entered is something to learn from."""

from __future__ import annotations

from pathlib import Path

import pytest
from gouji.document.errors import UsageError
from gouji.store.archive import open_archive
from gouji.store.connect import writing
from gouji.store.desk.answers import DoubleEntry, answer, undo
from gouji.store.desk.labelled import answered_documents
from gouji.store.desk.parts import Answer
from sqlalchemy import text

from ...conftest import Gouji, rows_in

SINGLE = DoubleEntry()


@pytest.fixture(scope="module")
def digitized(gouji: Gouji, scans: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with one scan, read by the real command, its evidence kept."""
    folder = tmp_path_factory.mktemp("labelled")
    done = gouji(
        folder,
        "digitize",
        scans / "demo.pdf",
        "--db",
        "a.db",
        "--evidence",
        "--no-sections",
        "--threads",
        "1",
    )
    assert done.code == 0, done.err
    return str(folder / "a.db")


def test_only_what_somebody_has_settled_is_learned_from(digitized: str) -> None:
    archive = open_archive(digitized)
    assert list(answered_documents(archive)) == []
    (first, value), (second, _), (third, _) = [
        (row[0], int(row[1]))
        for row in rows_in(digitized, "SELECT cell_id, value FROM cells WHERE kind = 'number' LIMIT 3")
    ]
    answer(archive, "甲", 1, first, Answer(kind="number", value=str(value), key="a" * 8), SINGLE)
    answer(archive, "甲", 1, second, Answer(kind="number", value="4711", key="b" * 8), SINGLE)
    taken = answer(archive, "甲", 1, third, Answer(kind="blank", key="c" * 8), SINGLE)
    undo(archive, "甲", taken.correction_id, "d" * 8)
    (document,) = answered_documents(archive)
    assert document.right == {first: True, second: False}
    assert set(document.evidence) == {first, second}
    assert document.measures
    with writing(archive.engine) as connection:
        connection.execute(text("UPDATE records SET evidence = :old"), {"old": b"x\x9c"})
    with pytest.raises(UsageError, match="no evidence of this version"):
        list(answered_documents(archive))
    archive.engine.dispose()
