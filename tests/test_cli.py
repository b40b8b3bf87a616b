"""The real command: its subcommands, formats and exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gouji.document.record import Record
from PIL import Image

from fixtures.scanmaker.committed import FIXTURES_DIR
from fixtures.scanmaker.truth import load_truth
from fixtures.synthetic.records import record_data

SCHEMA_TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "null": type(None),
}  # fmt: skip


# JSON data and JSON Schema are of mixed shape, hence Any.
def problems(data: Any, schema: dict[str, Any], root: dict[str, Any], where: str = "") -> list[str]:
    """Where data breaks a schema; knows what pydantic writes for a record and fails on other keywords."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        tries = [problems(data, option, root, where) for option in schema["anyOf"]]
        return [] if any(not found for found in tries) else [p for found in tries for p in found]
    known = {
        "type", "properties", "required", "additionalProperties", "items", "prefixItems", "minItems", "maxItems",
        "enum", "const", "minimum", "maximum", "title", "description", "default", "$defs", "format", "pattern",
    }  # fmt: skip
    found = [f"{where}: keyword {key}" for key in schema.keys() - known]
    if "type" in schema and not isinstance(data, SCHEMA_TYPES[schema["type"]]):
        return [*found, f"{where}: {data!r} is no {schema['type']}"]
    if "const" in schema and data != schema["const"]:
        found.append(f"{where}: {data!r} is not {schema['const']!r}")
    if "enum" in schema and data not in schema["enum"]:
        found.append(f"{where}: {data!r} not in {schema['enum']}")
    if isinstance(data, int | float) and not schema.get("minimum", data) <= data <= schema.get(
        "maximum", data
    ):
        found.append(f"{where}: {data} out of range")
    if isinstance(data, dict):
        found += [f"{where}: lacks {key}" for key in schema.get("required", ()) if key not in data]
        for key, value in data.items():
            below = schema.get("properties", {}).get(key, schema.get("additionalProperties", False))
            found += (
                [f"{where}: has {key}"] if below is False else problems(value, below, root, f"{where}.{key}")
            )
    if isinstance(data, list):
        items = schema.get("prefixItems", [schema.get("items", {})] * len(data))
        found += [f"{where}: {len(data)} items"] if len(items) != len(data) else []
        found += [p for v, s in zip(data, items, strict=False) for p in problems(v, s, root, f"{where}[]")]
    return found


def test_the_schema_describes_the_records_that_are_written(
    gouji: Any, mixed_run: Any, tmp_path: Path
) -> None:
    run = gouji(tmp_path, "schema")
    assert (run.code, run.err) == (0, "")
    schema = json.loads(run.out)
    for name in ("demo", "half/page"):
        record = json.loads((mixed_run.folder / "out" / "good" / f"{name}.json").read_text("utf-8"))
        assert problems(record, schema, schema) == []
    record["cells"][0]["kind"] = "zero"
    record["pages"][0]["width"] = "wide"
    del record["form"]
    assert len(problems(record, schema, schema)) == 3


def test_without_a_folder_records_go_to_stdout_one_a_line(whole_reports: Any) -> None:
    assert (whole_reports.code, whole_reports.err) == (0, "")
    records = [Record.model_validate_json(line) for line in whole_reports.out.splitlines()]
    assert [r.source.path for r in records] == ["edition-2019.pdf", "fax/fax.tiff", "pages"]
    assert [r.source.media_type for r in records] == ["application/pdf", "image/tiff", "inode/directory"]
    assert [r.source.pages for r in records] == [3, 2, 2]
    assert all(r.failures == () and r.sections == () for r in records)


def test_records_keep_their_folders_and_pictures_stand_beside_them(mixed_run: Any) -> None:
    out = mixed_run.folder / "out"
    written = sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file())
    assert written == [
        "good/demo.json", "good/demo.page-01.jpg", "good/demo.page-02.jpg",
        "good/half/page.json", "good/half/page.page-01.jpg",
    ]  # fmt: skip
    with Image.open(out / "good" / "demo.page-01.jpg") as picture:
        assert (picture.format, picture.size) == ("JPEG", (1654, 2339))
        box = Record.model_validate_json((out / "good" / "demo.json").read_text("utf-8")).cells[0].bbox
        assert box is not None
        red, green, blue = np.asarray(picture.convert("RGB"), dtype=int)[(box[1] + box[3]) // 2, box[0] + 1]
        assert green > red + 40
        assert green > blue + 40


def test_events_tell_what_became_of_each_file(mixed_run: Any) -> None:
    events = {e["path"]: e for e in map(json.loads, mixed_run.out.splitlines())}
    demo, half = events["in/good/demo.pdf"], events["in/good/half/page.png"]
    assert (demo["state"], demo["record"], demo["pages"], demo["missing"]) == (
        "done",
        "out/good/demo.json",
        3,
        0,
    )
    assert demo["pictures"] == ["out/good/demo.page-01.jpg", "out/good/demo.page-02.jpg"]
    assert demo["accepted"] + demo["review"] == 200
    assert half["state"] == "incomplete"
    assert half["missing"] > 100


def test_a_table_for_people(tail_run: Any) -> None:
    run = tail_run
    assert run.code == 3
    for words in (
        "四、政府信息公开行政复议、行政诉讼情况",
        "未经复议直接起诉",
        "missing?",
        "table applications",
    ):
        assert words in run.out
    assert "record: out/tail.json" in run.out
    record = Record.model_validate_json((run.folder / "out" / "tail.json").read_text("utf-8"))
    assert [f.where for f in record.failures] == ["table disclosure", "table applications"]
    assert (
        f"{sum(c.status == 'accepted' for c in record.cells)} of {len(record.cells)} cells accepted"
        in run.out
    )


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["digitize", "a.pdf", "--annotate"], 2, "--annotate needs a folder to write to. Add --out DIR."),
        (["digitize", "a.pdf", "--format", "xml"], 2, "--format"),
        (["digitize", "a.pdf", "--max-pages", "0"], 2, "--max-pages"),
        (["digitize"], 2, "Missing argument"),
        (["digitize", "a.pdf", "--threads", "none"], 2, "--threads"),
        (["frobnicate"], 2, "frobnicate"),
        (["digitize", "empty"], 4, "No PDF, TIFF, PNG or JPEG file in empty."),
        (["digitize", "absent.pdf"], 4, "absent.pdf"),
        (["evaluate", "empty", "empty"], 2, "no record in it"),
        (["evaluate", "note.txt", "note.txt"], 2, "not a"),
    ],
)
def test_wrong_usage(gouji: Any, tmp_path: Path, args: list[str], code: int, said: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "note.txt").write_text("hello", "utf-8")
    run = gouji(tmp_path, *args)
    assert run.code == code
    assert said in run.err
    assert "Traceback" not in run.err


def test_an_output_folder_that_cannot_be_made(gouji: Any, tail_page: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", "utf-8")
    run = gouji(tmp_path, "digitize", tail_page, "--no-sections", "--out", "taken")
    assert run.code == 6
    assert run.err.startswith("gouji: taken/tail.json: cannot be written")
    assert len(run.err.splitlines()) == 1


def test_evaluate(gouji: Any, tmp_path: Path) -> None:
    data = record_data(load_truth(FIXTURES_DIR / "truth" / "seed-000.json"))
    data["cells"][0]["value"] += 1
    (tmp_path / "seed-000.json").write_text(json.dumps(data), "utf-8")
    truth = FIXTURES_DIR / "truth" / "seed-000.json"
    table = gouji(tmp_path, "evaluate", truth, "seed-000.json")
    assert table.code == 0
    assert "199/200" in table.out
    assert "disclosure.regulations.issued" in table.out
    assert "99.500 %" in table.out
    result = json.loads(gouji(tmp_path, "evaluate", truth, "seed-000.json", "--format", "json").out)
    assert (result["overall"]["cells"], result["overall"]["cell_accuracy"]) == (200, 0.995)
    assert [w["id"] for w in result["documents"][0]["wrong"]] == ["disclosure.regulations.issued"]


def test_doctor_finds_everything_and_names_it(gouji: Any, tmp_path: Path) -> None:
    run = gouji(tmp_path, "doctor")
    assert run.code == 0, run.out
    parts = (
        "Python", "gouji", "numpy", "opencv-python-headless", "openvino", "pillow", "pypdfium2", "pydantic",
        "rapidfuzz", "rapidocr", "paddleocr", "one OpenCV", "PP-OCRv6-small-det", "PP-OCRv6-small-rec", "poppler",
        "font for annotated pages", "memory",
    )  # fmt: skip
    assert [part for part in parts if f" {part}: " not in run.out] == []
    assert "FAIL" not in run.out


def test_version(gouji: Any, tmp_path: Path) -> None:
    assert gouji(tmp_path, "version").out.strip() == version("gouji")


def test_help_is_fast_and_loads_nothing_heavy(gouji: Any, tmp_path: Path) -> None:
    gouji(tmp_path, "--help")  # once, so that byte code is there
    times = []
    for _ in range(3):
        start = time.perf_counter()
        run = gouji(tmp_path, "--help")
        times.append(time.perf_counter() - start)
    assert min(times) < 1.5
    assert run.code == 0
    assert all(command in run.out for command in ("digitize", "evaluate", "schema", "doctor", "version"))
    code = "import sys; sys.argv = ['gouji', '--help']; from gouji.cli import main; main()"
    traced = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    imported = {line.rpartition("|")[2].strip() for line in traced.stderr.splitlines()}
    assert "gouji.cli" in imported
    heavy = {"openvino", "cv2", "numpy", "PIL", "pypdfium2", "pydantic", "rapidocr", "gouji.pipeline"}
    assert imported & heavy == set()
