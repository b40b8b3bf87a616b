"""What an engine saw in a crop."""

from __future__ import annotations

from dataclasses import dataclass

from .geometry import Quad


@dataclass(frozen=True, slots=True)
class TextBox:
    """One text line found on a page.

    Attributes:
        quad: its corners in px of the image that was searched.
        score: the detector's own number, 0 to 1; not a probability.
    """

    quad: Quad
    score: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible string of a crop and its natural log-probability under the engine, at most 0."""

    text: str
    log_prob: float


@dataclass(frozen=True, slots=True)
class LineReading:
    """One line of text.

    Attributes:
        text: the best string over the engine's whole alphabet.
        score: mean probability of its characters, 0 to 1; 0 for an empty string.
        candidates: the most probable strings that a numeric cell can hold, best first; their probabilities sum to at most 1,
            and what is missing to 1 belongs to strings that are not numeric. Empty when the engine gives no posterior.
        weakest: probability of the least probable character, 0 to 1; 0 where the reader does not tell.
    """

    text: str
    score: float
    candidates: tuple[Candidate, ...] = ()
    weakest: float = 0.0


WORDY = 4
"""So many letters beyond ASCII make words; a number with its unit has fewer."""


def is_words(text: str) -> bool:
    """Whether a text is a label and no number: four Chinese characters or more."""
    return sum(not c.isascii() and c.isalpha() for c in text) >= WORDY


NOTHING_READ = LineReading("", 0.0)
