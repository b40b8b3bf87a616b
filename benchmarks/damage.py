"""Made reports damaged by a program of other hands: what gouji's own generator, and who wrote it, did not think of.

make damaged
gouji digitize bench-out/damaged/docs --folder-is-report --no-sections --out bench-out/damaged/records
gouji evaluate bench-out/damaged/truth bench-out/damaged/records
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

from gouji.document.limits import Limits
from gouji.ocr.pages import open_pages, open_source
from PIL import Image

from .contenders import ROOT
from .workers.augraphy_damage import DAMAGES, DPI

WORKER = "benchmarks.workers.augraphy_damage"


def make_damaged(out: Path, seed: int, python: Path) -> int:
    """Draw one clean report for each damage, damage it, and write docs/, truth/ and manifest.json; how many there are.

    Args:
        out: folder; what lies there under these names is replaced.
        seed: the same seed gives the same documents and the same damages.
        python: of the environment in which Augraphy is installed.

    Raises:
        CalledProcessError: when the generator or Augraphy fails.
    """
    clean, docs, truth = (out / part for part in ("clean", "docs", "truth"))
    for folder in (clean, docs, truth):
        shutil.rmtree(folder, ignore_errors=True)
    options = ["--out", str(clean), "--count", str(len(DAMAGES)), "--seed", str(seed), "--profiles", "clean"]
    drawing = [sys.executable, "-m", "fixtures.scanmaker", "set", *options]
    subprocess.run(drawing, check=True, stdout=subprocess.DEVNULL)
    docs.mkdir(parents=True)
    truth.mkdir()
    entries = json.loads((clean / "manifest.json").read_text(encoding="utf-8"))
    made = []
    for k, (entry, name) in enumerate(zip(entries, DAMAGES, strict=True)):
        own = f"{entry['id'].removesuffix('__clean')}__{name.lower()}"
        target = docs / f"{own}.pdf"
        pages = write_pages(clean / entry["path"], clean / "pages" / own)
        damaging = [str(python), "-m", WORKER, name, str(seed * 1000 + k), str(target.resolve()), *pages]
        subprocess.run(damaging, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
        shutil.copy(clean / "truth" / f"{entry['truth']}.json", truth / f"{own}.json")
        made.append(entry | {"id": own, "truth": own, "path": f"docs/{target.name}", "profile": name.lower()})
    (out / "manifest.json").write_text(json.dumps(made, ensure_ascii=False, indent=1), encoding="utf-8")
    return len(made)


def write_pages(document: Path, folder: Path) -> list[str]:
    """A document's pages as PNG of 200 dpi; their paths in order."""
    folder.mkdir(parents=True)
    limits, paths = Limits(), []
    with open_pages(open_source(document, limits, folder_is_report=document.is_dir()), limits) as images:
        for k in range(len(images)):
            page = images.read(k)
            size = tuple(round(side * DPI / page.dpi) for side in page.pixels.shape[1::-1])
            path = folder.resolve() / f"{k:02}.png"
            Image.fromarray(page.pixels).resize(size).save(path)
            paths.append(str(path))
    return paths


def main() -> None:
    """Prints how many documents there are."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--python", type=Path, required=True, help="of the environment with Augraphy")
    arguments = parser.parse_args()
    print(make_damaged(arguments.out, arguments.seed, arguments.python), "documents")


if __name__ == "__main__":
    main()
