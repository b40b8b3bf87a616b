"""From what was read in a cell to the value it prints, with the rivals that the image supports."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ...document.reading import LineReading
from ...document.table import CellContent
from ..number import BLANK, ILLEGIBLE, NOT_APPLICABLE, Value, parse_value

WORDS_PRIOR = 0.05
"""What a reading of words counts against a reading of a number, in a cell that should hold a number.

Chosen by hand, not measured: it leaves room for the recognizer being wrong about what is a word."""

BLANK_POSTERIOR = 0.995
"""Of a cell without ink; chosen by hand, to be replaced by a measured figure."""

DOUBTFUL_BLANK_POSTERIOR = 0.5
"""Of a cell in which only coloured or faint ink is seen and no number can be read."""

ODD_BLANK_POSTERIOR = 0.6
"""Of a cell whose only mark is not of the size of its table's numbers; chosen by hand."""

FAINT_POSTERIOR = 0.8
"""Faint marks that read as a value this surely are that value; others are the other side of the sheet shining through."""

DASH_POSTERIOR = 0.85
"""Of a lone flat mark in the middle of a cell's height, before anything is read; chosen by hand."""

SLASH_DEGREES, SLASH_SPREAD = 22.0, 7.0
"""Lean of a printed slash from the vertical and its spread over typefaces and skew, in degrees."""

UPRIGHT_SPREAD = 4.0
"""Spread of an upright stroke's lean, in degrees."""

LEVEL_SPREAD = 10.0
"""Spread of a dash's lean from the level, in degrees; short ones are a few px high and wide."""

_SHAPE_FLOOR = 1e-3

MIN_AGAIN = 0.25
"""Posterior that other cuts must give a value where the first could not be read."""

MAX_RIVALS, MIN_SHARE = 4, 1e-4
"""So many rivals of a reading are kept, and none that is less likely."""

MIN_NUMERIC_MASS = 0.02
"""Probability that numeric strings must hold together before one of them is believed."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A value that a cell may print.

    Attributes:
        raw_text: as printed, as read; "" when blank.
        posterior: its probability, 0 to 1; not calibrated.
    """

    value: Value
    raw_text: str
    posterior: float


@dataclass(frozen=True, slots=True)
class Decoded:
    """The value of one cell.

    Attributes:
        raw_text: as printed, as read; "" when blank.
        posterior: probability of the value, 0 to 1; not calibrated.
        alternatives: other values, best first; what is missing to 1 belongs to nothing that was read.
    """

    value: Value
    raw_text: str
    posterior: float
    alternatives: tuple[Reading, ...] = ()


def decode_cell(content: CellContent) -> Decoded:
    """The most probable value of a cell's content; illegible when the image supports none.

    Where the cell was cut in several ways a value's posterior is the mean of those that the cuts give it, the first cut counting as
    much as all the others together.
    """
    if not content.again:
        return _decode_cut(content)
    cuts = [_decode_cut(content), *(_decode_cut(other) for other in content.again)]
    weights = [0.5, *[0.5 / len(content.again)] * len(content.again)]
    pooled: dict[Value, Reading] = {}
    for cut, weight in zip(cuts, weights, strict=True):
        for reading in (Reading(cut.value, cut.raw_text, cut.posterior), *cut.alternatives):
            old = pooled.get(reading.value, replace(reading, posterior=0.0))
            pooled[reading.value] = replace(old, posterior=old.posterior + weight * reading.posterior)
    unread = pooled.pop(ILLEGIBLE, None)
    if not pooled:
        return cuts[0]
    best, *rivals = sorted(pooled.values(), key=lambda r: -r.posterior)
    if unread is not None and cuts[0].value == ILLEGIBLE and best.posterior < MIN_AGAIN:
        return cuts[0]
    kept = tuple(r for r in rivals if r.posterior >= MIN_SHARE)
    return Decoded(best.value, best.raw_text, best.posterior, kept[:MAX_RIVALS])


def _decode_cut(content: CellContent) -> Decoded:
    if content.shining is not None:
        return _doubt_shining(_decode_cut(content.shining))
    if not content.has_ink:
        return Decoded(BLANK, "", BLANK_POSTERIOR)
    if content.dash:
        return _decode_dash(content)
    decoded = (
        _decode_line(content.lines[0], content.slant, upright=content.upright)
        if len(content.lines) == 1
        else _decode_text(content)
    )
    if content.odd:
        return _doubt_odd(decoded)
    if content.coloured and (decoded.value.kind != "number" or decoded.posterior < FAINT_POSTERIOR):
        return Decoded(BLANK, "", DOUBTFUL_BLANK_POSTERIOR)
    if content.faint and decoded.posterior < FAINT_POSTERIOR:
        return Decoded(BLANK, "", DOUBTFUL_BLANK_POSTERIOR)
    return decoded


def _doubt_odd(read: Decoded) -> Decoded:
    """Blank, with what was read as a rival: a recognizer takes dust for a 4 and a fold for a 1 and is sure of it."""
    own = (Reading(read.value, read.raw_text, read.posterior),) if read.value != ILLEGIBLE else ()
    rivals = (
        replace(r, posterior=r.posterior * (1 - ODD_BLANK_POSTERIOR)) for r in (*own, *read.alternatives)
    )
    kept = tuple(r for r in rivals if r.posterior >= MIN_SHARE)
    return Decoded(BLANK, "", ODD_BLANK_POSTERIOR, kept[:MAX_RIVALS])


def _doubt_shining(read: Decoded) -> Decoded:
    """Blank where marks as light as the sheet's other side read as nothing that a cell prints; else doubtful."""
    if read.value.kind not in ("number", "not_applicable"):
        return Decoded(BLANK, "", BLANK_POSTERIOR)
    rest = 1 - DOUBTFUL_BLANK_POSTERIOR
    rival = Reading(read.value, read.raw_text, rest * read.posterior)
    return Decoded(BLANK, "", DOUBTFUL_BLANK_POSTERIOR, (rival,))


def _decode_dash(content: CellContent) -> Decoded:
    """Not applicable, whatever was read: a recognizer takes a dash of a few px for a dot, a star or a 4."""
    read = _decode_line(content.lines[0], None) if len(content.lines) == 1 else None
    if read is not None and read.value.kind == "not_applicable":
        return Decoded(read.value, read.raw_text, max(read.posterior, DASH_POSTERIOR), read.alternatives)
    return Decoded(NOT_APPLICABLE, "-", DASH_POSTERIOR)


def _decode_text(content: CellContent) -> Decoded:
    """Several lines, such as 22 over （其中修订16件）, or none that could be cut out."""
    text = content.text
    value = parse_value(text) if text.strip() else ILLEGIBLE
    if content.overlaid and value.kind == "number" and all(_is_number(line) for line in content.lines):
        value = ILLEGIBLE  # one of them may be what is left of the seal
    return Decoded(value, text, content.score if value.kind != "illegible" else 0.0)


def _is_number(line: LineReading) -> bool:
    return parse_value(line.text).kind == "number"


def _decode_line(line: LineReading, slant: float | None, *, upright: bool = False) -> Decoded:
    dashes = sum(p for text, p in _strings(line) if _is_level(text)) if upright else 0.0
    weights = _weigh(_without_dashes(line) if upright else line, slant)
    numeric = sum(weight for weight, _ in weights.values())
    best = max(weights, key=lambda v: weights[v][0], default=ILLEGIBLE)
    is_no_reading = not line.text.strip() or (upright and _is_level(line.text))
    as_read = ILLEGIBLE if is_no_reading else parse_value(line.text)
    if best is ILLEGIBLE or numeric < MIN_NUMERIC_MASS:
        # Words, or a number with a note that the numeric alphabet cannot spell.
        posterior = line.score if as_read.kind == "number" else 0.0
        value = ILLEGIBLE if as_read.kind == "blank" else as_read
        return Decoded(value, line.text, posterior, _ranked(weights, max(numeric, 1.0)))
    total = numeric + dashes + WORDS_PRIOR * max(0.0, 1.0 - numeric - dashes)
    weight, text = weights[best]
    rivals = {value: w for value, w in weights.items() if value != best}
    return Decoded(best, text, weight / total, _ranked(rivals, total))


def _without_dashes(line: LineReading) -> LineReading:
    return LineReading(
        "" if _is_level(line.text) else line.text,
        line.score,
        tuple(c for c in line.candidates if not _is_level(c.text)),
    )


def _is_level(text: str) -> bool:
    """Whether a text is a dash or several; a mark higher than any is none, and what is as probable stays in doubt."""
    return bool(text.strip()) and set(text) <= {*_STROKE_TEXTS["level"], " "}


def _weigh(line: LineReading, slant: float | None) -> dict[Value, tuple[float, str]]:
    """Each value that some candidate string prints: its probability and its most probable string."""
    weights: dict[Value, tuple[float, str]] = {}
    mass = 0.0
    for text, probability in _strings(line):
        value = parse_value(text)
        if value.kind in ("number", "not_applicable"):
            weight, likeliest = weights.get(value, (0.0, text))
            weights[value] = (weight + probability * _shape_factor(text, slant), likeliest)
            mass += probability
    # The shape tells the numeric strings from each other; how much they hold together is the recognizer's word.
    shaped = sum(weight for weight, _ in weights.values())
    return (
        {value: (weight * mass / shaped, text) for value, (weight, text) in weights.items()} if shaped else {}
    )


def _shape_factor(text: str, slant: float | None) -> float:
    """How much the angle of a lone stroke speaks for a text, against the other single strokes: slash, 1 and dash."""
    shape = next((shape for shape, texts in _STROKE_TEXTS.items() if text in texts), None)
    if slant is None or shape is None:
        return 1.0
    fits = {
        "slash": _bell(slant - SLASH_DEGREES, SLASH_SPREAD),
        "upright": _bell(slant, UPRIGHT_SPREAD),
        "level": _bell(90.0 - abs(slant), LEVEL_SPREAD),
    }
    return fits[shape] / sum(fits.values())


_STROKE_TEXTS = {"slash": "/／", "upright": "1", "level": "-−–—－一ー"}


def _bell(distance: float, spread: float) -> float:
    return math.exp(-0.5 * (distance / spread) ** 2) + _SHAPE_FLOOR


def _strings(line: LineReading) -> list[tuple[str, float]]:
    """Candidate strings with their probabilities; without a posterior the best string, its characters taken as independent."""
    if line.candidates:
        return [(c.text, math.exp(c.log_prob)) for c in line.candidates]
    return [(line.text, line.score ** max(1, len(line.text)))]


def _ranked(weights: Mapping[Value, tuple[float, str]], total: float) -> tuple[Reading, ...]:
    readings = (Reading(value, text, weight / max(total, 1e-9)) for value, (weight, text) in weights.items())
    ranked = sorted(readings, key=lambda r: -r.posterior)
    return tuple(r for r in ranked[:MAX_RIVALS] if r.posterior >= MIN_SHARE)
