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

from .contenders import ROOT
from .pages import write_pages
from .workers.augraphy_damage import DAMAGES

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
    made, jobs = [], []
    for k, (entry, name) in enumerate(zip(entries, DAMAGES, strict=True)):
        own = f"{entry['id'].removesuffix('__clean')}__{name.lower()}"
        target = docs / f"{own}.pdf"
        pages = write_pages(clean / entry["path"], clean / "pages" / own)
        jobs.append(
            {
                "name": name,
                "seed": seed * 1000 + k,
                "out": str(target.resolve()),
                "pages": [*map(_full, pages)],
            }
        )
        shutil.copy(clean / "truth" / f"{entry['truth']}.json", truth / f"{own}.json")
        made.append(entry | {"id": own, "truth": own, "path": f"docs/{target.name}", "profile": name.lower()})
    subprocess.run([str(python), "-m", WORKER], check=True, input=json.dumps(jobs), text=True, cwd=ROOT)
    (out / "manifest.json").write_text(json.dumps(made, ensure_ascii=False, indent=1), encoding="utf-8")
    return len(made)


def _full(page: str) -> str:
    return str(Path(page).resolve())


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
