"""Title, agency and year of a report, from the lines above its first section."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..document.geometry import BBox
from ..document.text import TextLine

_LAST_LINE = re.compile(r"(?:报告|年报|^告)(?:[（(].*[)）])?$")
_TITLE = re.compile(r"公开.*(?:年度?报告|年报)(?:[（(].*[)）])?$")
_YEAR = re.compile(r"(20\d{2})\s*年?度?")
_AGENCY_END = re.compile(r"^(.*?)(?:关于)?(?:20\d{2}\s*年?度?)?(?:政府信息公开|政务公开)")

TITLE_PAGES = 2
"""A title stands on the first or, behind a cover, on the second page."""

SAME_SIZE = 0.62
"""Lines of one title differ in height by no more than this ratio: 一 is lower than 龙."""

LINE_SPACING = 2.2
"""The next line of a title begins no further than this many line heights below the one before."""


_PRINTED_AT = re.compile(r"\d{4}[/.-]\d{1,2}[/.-]\d{1,2}")
"""What a browser prints at the head of a page, before the page's title."""


_NAVIGATION = re.compile("[>＞›»]|首页")
"""The path that a web page prints over its title: 当前位置：首页 > 政府信息公开."""


@dataclass(frozen=True, slots=True)
class Found:
    """A text, where it stands, and the lowest score of its lines."""

    text: str
    score: float
    page_index: int
    bbox: BBox


@dataclass(frozen=True, slots=True)
class Title:
    """What the title says; a part that it does not say is None."""

    title: Found | None
    agency: Found | None
    year: Found | None


def find_title(lines: Sequence[TextLine]) -> Title | None:
    """The report's title: the largest lines on the first pages that end as titles of annual reports do.

    Args:
        lines: in reading order.
    """
    candidates = [_grown(lines, i) for i, line in enumerate(lines) if _ends_title(line)]
    candidates = [c for c in candidates if _TITLE.search(_text(c))]
    if not candidates:
        return None
    best = max(
        candidates, key=lambda c: (not _PRINTED_AT.match(_text(c)), min(line.upright.height for line in c))
    )
    title = _found(best, _text(best))
    return Title(title, _agency(best), _year(best))


def ends_title(text: str) -> bool:
    """Whether a line ends as titles of annual reports do."""
    return bool(_LAST_LINE.search(_compact(text)))


def _ends_title(line: TextLine) -> bool:
    return line.page_index < TITLE_PAGES and ends_title(line.text)


def _grown(lines: Sequence[TextLine], end: int) -> tuple[TextLine, ...]:
    """The line and those of its size right above it."""
    start = end
    while start > 0 and _continues(lines[start - 1], lines[start]) and not _ends_title(lines[start - 1]):
        start -= 1
    return tuple(lines[start : end + 1])


def _continues(upper: TextLine, lower: TextLine) -> bool:
    if upper.page_index != lower.page_index or "。" in upper.text or _NAVIGATION.search(upper.text):
        return False
    heights = sorted((upper.upright.height, lower.upright.height))
    close = lower.upright.y0 - upper.upright.y0 <= LINE_SPACING * heights[1]
    return close and heights[0] >= SAME_SIZE * heights[1]


def _agency(lines: tuple[TextLine, ...]) -> Found | None:
    text = _text(lines)
    match = _AGENCY_END.match(text)
    return _found(lines[:1], match.group(1)) if match and match.group(1) else None


def _year(lines: tuple[TextLine, ...]) -> Found | None:
    years = [(m.group(1), line) for line in lines for m in [_YEAR.search(_compact(line.text))] if m]
    if years:
        return _found((years[0][1],), years[0][0])
    split = _YEAR.search(_text(lines))  # a year cut by the line break
    return _found(lines, split.group(1)) if split else None


def find_year(lines: Sequence[TextLine]) -> Found | None:
    """The year that the narrative opens with, for a report whose title does not say it."""
    for line in lines:
        match = re.search(r"(20\d{2})年", _compact(line.text))
        if match:
            return _found((line,), match.group(1))
    return None


def _found(lines: Sequence[TextLine], text: str) -> Found:
    bbox = lines[0].bbox
    for line in lines[1:]:
        bbox = bbox.union(line.bbox)
    return Found(text, min(line.score for line in lines), lines[0].page_index, bbox)


def _text(lines: Sequence[TextLine]) -> str:
    return "".join(_compact(line.text) for line in lines)


def _compact(text: str) -> str:
    return re.sub(r"\s+", "", text)


def reading_order(lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """Lines from top to bottom; boxes of one printed line, which a detector may cut, from left to right."""
    ordered = sorted(lines, key=lambda ln: (ln.page_index, ln.upright.center[1]))
    groups: list[list[TextLine]] = []
    for previous, line in pairwise([None, *ordered]):
        assert line is not None
        if previous is None or not _same_line(previous, line):
            groups.append([])
        groups[-1].append(line)
    return tuple(line for group in groups for line in sorted(group, key=lambda ln: ln.upright.x0))


def _same_line(a: TextLine, b: TextLine) -> bool:
    lower = min(a.upright.height, b.upright.height)
    return a.page_index == b.page_index and abs(a.upright.center[1] - b.upright.center[1]) < 0.5 * lower
