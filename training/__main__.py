"""`python -m training`: the number reader made again."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import Annotated

import typer
from gouji.ocr.numbers import WEIGHTS
from gouji.ocr.quick import WEIGHTS as QUICK_WEIGHTS

from . import crops as crops_file
from .quick import extract_weights

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)


@app.command("crops")
def make_crops(
    out: Annotated[Path, typer.Argument(help="File for the crops, .npz.")],
    sheets: Annotated[int, typer.Option(help="How many sheets.")] = 600,
    first: Annotated[int, typer.Option(help="Number of the first sheet; its seed.")] = 1_000_000,
    processes: Annotated[int, typer.Option(help="How many sheets at a time.")] = 2,
) -> None:
    """Draw sheets of numbers, scan them in all conditions and keep the crops that gouji cuts out of them."""
    found = list(crops_file.make_crops(range(first, first + sheets), processes=processes))
    crops_file.save(found, out)
    typer.echo(f"{len(found)} crops of {sheets} sheets in {out}")


@app.command("quick")
def extract_quick(
    wheel: Annotated[Path, typer.Argument(help="The wheel of faster-paddle 1.0.4 for Linux.")],
    out: Annotated[Path, typer.Option(help="The ONNX file to write.")] = QUICK_WEIGHTS,
) -> None:
    """Take the quick reader's weights out of the wheel that ships them."""
    extract_weights(wheel, out)
    typer.echo(f"{out}: {hashlib.sha256(out.read_bytes()).hexdigest()}")


@app.command()
def fit(
    train: Annotated[Path, typer.Argument(help="File of crops to fit to.")],
    valid: Annotated[Path, typer.Argument(help="File of crops of other sheets to score on.")],
    out: Annotated[Path, typer.Option(help="The ONNX file to write.")] = WEIGHTS,
    minutes: Annotated[float, typer.Option(help="How long to train.")] = 20.0,
    seed: Annotated[int, typer.Option(help="Of all chance.")] = 0,
) -> None:
    """Fit the number reader and write it with its card."""
    from .export import export
    from .fit import FitParams, score
    from .fit import fit as fit_network

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    training, validation = crops_file.load(train), crops_file.load(valid)
    if shared := {e.sheet for e in training} & {e.sheet for e in validation}:
        raise typer.BadParameter(f"{len(shared)} sheets are in both files, such as {min(shared)}.")
    net = fit_network(training, validation, FitParams(minutes=minutes, seed=seed))
    wrong, total = score(net, validation)
    card = {
        "crops": len(training),
        "sheets": len({e.sheet for e in training}),
        "training_sha256": hashlib.sha256(train.read_bytes()).hexdigest(),
        "minutes": minutes,
        "seed": seed,
        "validation": {"crops": total, "sheets": len({e.sheet for e in validation}), "wrong": wrong},
    }
    export(net, out, card)
    typer.echo(f"{wrong} of {total} crops of other sheets read wrong; written to {out}")
    typer.echo("The sha256 in models/weights.py has to be that of the new file, which its card states.")


@app.command()
def compare(
    crops: Annotated[Path, typer.Argument(help="File of crops of other sheets than were fitted to.")],
    weights: Annotated[Path, typer.Option(help="The reader's ONNX file.")] = WEIGHTS,
) -> None:
    """Read the crops with the number reader and with the default engine, and count."""
    from gouji.batch.document_task import load_engine
    from gouji.ocr.numbers import NumberReader

    from .compare import compare as compare_readers

    scores = compare_readers(crops_file.load(crops), NumberReader(weights, 2), load_engine("onnx", 2))
    for name, score in scores.items():
        typer.echo(
            f"{name}: {score.wrong} of {score.crops} wrong; sure of {score.sure}, {score.sure_wrong} of them wrong"
        )


if __name__ == "__main__":
    app()
