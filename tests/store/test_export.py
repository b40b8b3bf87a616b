"""Exported tables read back with other programs' eyes: every value, the five kinds apart, no formula, links that lead somewhere."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars
import pytest
from gouji.document.errors import OutputError, UsageError
from gouji.document.record import Record
from gouji.store.archive import Archive, open_archive
from gouji.store.export import parquet, workbook
from gouji.store.export.parquet import export_parquet
from gouji.store.export.rows import Layout
from gouji.store.export.text import export_csv, export_jsonl, harmless
from gouji.store.export.workbook import desk_links, export_xlsx
from gouji.store.labels import column_name
from gouji.store.state import SourceFile
from gouji.store.views import cell_ids

from fixtures.scanmaker.committed import FIXTURES_DIR
from fixtures.scanmaker.truth import load_truth
from fixtures.synthetic.records import record_data

RECORD = Record.model_validate(record_data(load_truth(FIXTURES_DIR / "truth" / "seed-001.json")))
KINDS = ("blank", "not_applicable", "illegible", "missing")
EVIL = '=HYPERLINK("http://x","y")'


def with_kinds(record: Record) -> Record:
    """The first cells one of each kind that is no number, and one whose note would be a formula."""
    changed = [
        cell.model_copy(update={"kind": kind, "value": None, "page": None if kind == "missing" else 1})
        for cell, kind in zip(record.cells, KINDS, strict=False)
    ]
    noted = record.cells[4].model_copy(update={"note": EVIL, "value": Decimal("-2.5"), "raw_text": "-2.5"})
    return record.model_copy(update={"cells": (*changed, noted, *record.cells[5:])})


@pytest.fixture
def archive(db: str) -> Iterator[Archive]:
    opened = open_archive(db)
    run_id = opened.start_run("first", {})
    for n, record in enumerate((RECORD, with_kinds(RECORD))):
        source = record.source.model_copy(update={"sha256": str(n) * 64})
        opened.save_record(
            run_id, SourceFile(Path(f"/{n}.pdf"), 1, 1), "first", record.model_copy(update={"source": source})
        )
    yield opened
    opened.engine.dispose()


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_long_has_every_cell_as_it_is(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    assert export_csv(archive, path, "long", "id") == 2 * len(RECORD.cells)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf"), "Excel and WPS know UTF-8 by this mark"
    lines = read_csv(path)
    second = {line["cell_id"]: line for line in lines if line["sha256"] == "1" * 64}
    expected = {c.id: ("" if c.value is None else f"{c.value}", c.kind) for c in with_kinds(RECORD).cells}
    assert {i: (line["value"], line["kind"]) for i, line in second.items()} == expected
    noted = second[RECORD.cells[4].id]
    assert (noted["value"], noted["raw_text"], noted["note"]) == ("-2.5", "-2.5", f"'{EVIL}")


@pytest.mark.parametrize(("text", "expected"), [
    ("=1+1", "'=1+1"), ("+cmd", "'+cmd"), ("-x", "'-x"), ("@a", "'@a"), ("\tx", "'\tx"), ("\rx", "'\rx"),
    ("-5", "-5"), ("+3.5", "+3.5"), ("/", "/"), ("12", "12"), ("", ""), ("-inf", "'-inf"),
])  # fmt: skip
def test_no_text_is_a_formula(text: str, expected: str) -> None:
    assert harmless(text) == expected


def test_csv_wide_keeps_the_five_kinds_apart(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "w.csv"
    assert export_csv(archive, path, "wide", "id") == 2
    first, second = read_csv(path)
    assert [second[c.id] for c in RECORD.cells[:5]] == ["", "/", "(illegible)", "(missing)", "-2.5"]
    assert {c.id: first[c.id] for c in RECORD.cells} == {c.id: f"{c.value}" for c in RECORD.cells}
    assert set(cell_ids()) <= set(first)


@pytest.mark.parametrize("layout", ["long", "wide"])
def test_chinese_names(archive: Archive, tmp_path: Path, layout: Layout) -> None:
    export_csv(archive, tmp_path / "a.csv", layout, "zh")
    names = list(read_csv(tmp_path / "a.csv")[0])
    assert names[:3] == ["文件", "文件摘要", "单位"]
    assert len(set(names)) == len(names)
    if layout == "wide":
        assert "三、申请 | 一、本年新收政府信息公开申请数量 | 自然人" in names


def test_json_lines(archive: Archive, tmp_path: Path) -> None:
    assert export_jsonl(archive, tmp_path / "r.jsonl", "record", "id") == 2
    records = [
        Record.model_validate_json(line) for line in (tmp_path / "r.jsonl").read_text("utf-8").splitlines()
    ]
    assert records[1].cells == with_kinds(RECORD).cells
    export_jsonl(archive, tmp_path / "a.jsonl", "long", "id")
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text("utf-8").splitlines()]
    assert {(line["kind"], type(line["value"])) for line in lines} == {
        ("number", int), ("number", float), *((kind, type(None)) for kind in KINDS),
    }  # fmt: skip


def test_parquet(archive: Archive, tmp_path: Path) -> None:
    assert export_parquet(archive, tmp_path / "a.parquet", "long", "id") == 2 * len(RECORD.cells)
    frame = polars.read_parquet(tmp_path / "a.parquet")
    assert frame.schema["value"] == polars.Float64
    expected = [float(c.value) for c in RECORD.cells if c.value is not None]
    ours = frame.filter(polars.col("sha256") == "0" * 64)
    assert sorted(ours["value"].to_list()) == sorted(expected)
    export_parquet(archive, tmp_path / "w.parquet", "wide", "id")
    wide = polars.read_parquet(tmp_path / "w.parquet")
    assert wide.height == 2
    assert all(wide.schema[i] == polars.Float64 for i in cell_ids())


def sheets(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name).decode() for name in book.namelist()}


def test_a_workbook_without_formulas_whose_numbers_lead_to_their_crops(
    archive: Archive, tmp_path: Path
) -> None:
    def link(cell: Any) -> str:
        return f"https://desk.test/{cell.sha256[:1]}/{cell.cell_id}"

    path = tmp_path / "a.xlsx"
    assert export_xlsx(archive, path, "wide", "zh", link) == 2
    parts = sheets(path)
    assert not any("<f>" in part or "<f " in part for part in parts.values())
    links = "".join(part for name, part in parts.items() if name.endswith(".rels"))
    cells = (*RECORD.cells, *with_kinds(RECORD).cells)
    printed = sum(c.page is not None and c.kind != "blank" for c in cells)
    assert links.count("https://desk.test/") == printed
    assert f"https://desk.test/0/{RECORD.cells[0].id}" in links


def test_a_workbook_begins_another_sheet_before_excel_drops_links(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "LINKS_A_SHEET", 250)
    export_xlsx(archive, tmp_path / "a.xlsx", "wide", "id", lambda cell: f"https://desk.test/{cell.cell_id}")
    assert sum(name.startswith("xl/worksheets/sheet") for name in sheets(tmp_path / "a.xlsx")) == 2


@pytest.mark.parametrize("layout", ["long", "wide"])
def test_a_linked_workbook_keeps_blanks_blank(archive: Archive, tmp_path: Path, layout: Layout) -> None:
    export_xlsx(archive, tmp_path / "a.xlsx", layout, "id", desk_links("https://desk.test"))
    parts = sheets(tmp_path / "a.xlsx")
    assert not any("None" in part for part in parts.values())
    numbers = sum(c.kind == "number" for c in (*RECORD.cells, *with_kinds(RECORD).cells))
    assert parts["xl/worksheets/sheet1.xml"].count("<hyperlink ") >= numbers


def test_a_workbook_may_lead_to_the_desk(archive: Archive, tmp_path: Path) -> None:
    export_xlsx(archive, tmp_path / "a.xlsx", "long", "id", desk_links("https://desk.test/"))
    parts = sheets(tmp_path / "a.xlsx")
    assert '"https://desk.test/records/1"' in parts["xl/worksheets/_rels/sheet1.xml.rels"]
    assert f'location="{RECORD.cells[0].id}"' in parts["xl/worksheets/sheet1.xml"]
    with pytest.raises(UsageError, match="no address of a desk"):
        desk_links("javascript:alert(1)")


@pytest.mark.parametrize("layout", ["long", "wide"])
def test_parquet_is_the_same_in_parts(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: Layout
) -> None:
    export_parquet(archive, tmp_path / "whole.parquet", layout, "id")
    monkeypatch.setitem(parquet.PART, layout, 1 if layout == "wide" else 150)
    rows = export_parquet(archive, tmp_path / "parts.parquet", layout, "id")
    whole, parts = (polars.read_parquet(tmp_path / f"{name}.parquet") for name in ("whole", "parts"))
    assert parts.height == rows
    assert parts.equals(whole)
    assert not list(tmp_path.glob(".gouji-*")), "nothing is left beside it"


def test_parquet_goes_into_any_folder(archive: Archive, tmp_path: Path) -> None:
    export_parquet(archive, tmp_path / "报告[2024]*" / "a.parquet", "long", "id")
    assert polars.read_parquet(tmp_path / "报告[2024]*" / "a.parquet", glob=False).height == 2 * len(
        RECORD.cells
    )
    with pytest.raises(OutputError, match="cannot be written"):
        export_parquet(archive, Path("/dev/full/a.parquet"), "long", "id")


def test_an_empty_archive_gives_a_table_with_names_only(db: str, tmp_path: Path) -> None:
    archive = open_archive(db)
    assert export_csv(archive, tmp_path / "a.csv", "long", "id") == 0
    assert (tmp_path / "a.csv").read_text("utf-8-sig").startswith("path,sha256,")
    assert export_xlsx(archive, tmp_path / "a.xlsx", "long", "id") == 0
    assert export_parquet(archive, tmp_path / "a.parquet", "wide", "id") == 0
    archive.engine.dispose()


def test_a_file_that_cannot_be_written_is_told_and_the_old_one_stays(
    archive: Archive, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(OutputError, match=r"a\.csv: cannot be written"):
        export_csv(archive, tmp_path / "file" / "a.csv", "long", "id")
    assert sorted(p.name for p in tmp_path.iterdir() if p.suffix not in (".db", ".db-wal", ".db-shm")) == [
        "file"
    ]


def test_every_column_has_a_chinese_name_of_its_own() -> None:
    """Also those of the edition that no record of an archive has."""
    names = [column_name(cell_id) for cell_id in cell_ids()]
    assert len(set(names)) == len(names)
    assert all(name.startswith(("二、", "三、", "四、")) for name in names)
