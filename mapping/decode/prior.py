"""How often a printed check holds: a prior, counted in real reports."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class CheckPrior:
    """What is known of a check before anything is read.

    Attributes:
        holds: share of printed checks that hold, 0 to 1.
        zeros: share of zeros among printed totals, 0 to 1.
        most: natural log; how much one check may speak for a reading at the most, and does where its total is not 0.
        source: where the figures are from.
    """

    holds: float
    zeros: float
    most: float
    source: str


@cache
def load_prior() -> CheckPrior:
    """The prior that ships with gouji."""
    text = (files(__package__) / "prior.json").read_text("utf-8")
    return TypeAdapter(CheckPrior).validate_json(text)
