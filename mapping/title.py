"""Title, agency and year of a report, from the lines above its first section."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ..document.geometry import BBox, mm_to_px
from ..document.text import TextLine

_LAST_LINE = re.compile(r"(?:报告|年报|^告)(?:[（(].*[)）])?$")
_TITLE = re.compile(r"公开.*(?:年度?报告|年报)(?:[（(].*[)）])?$")
_YEAR = re.compile(r"(20\d{2})\s*年?度?")
_AGENCY_END = re.compile(r"^(.*?)(?:关于)?(?:20\d{2}\s*年?度?)?(?:政府信息公开|政务公开)")

TITLE_PAGES = 3
"""A title stands on the first page or, behind a cover and a table of contents, on the second or third."""

COVER_LINES = 8
"""A cover has no more lines; the agency that issues the report may stand below the title there."""

SAME_SIZE = 0.62
"""Lines of one title differ in height by no more than this ratio: 一 is lower than 龙."""

FEW, FEW_SIZE = 2, 0.45
"""A last line of 告 or 报告 alone stands in a lower box, and a long line of a curled page in a higher one."""

LINE_SPACING = 2.2
"""The next line of a title begins no further than this many line heights below the one before."""


ALIGNED = 1.5
"""Lines of one title have their middles, or their left ends, within so many line heights of each other."""

CUT_HEIGHTS, CUT_SCORE = 5.0, 0.5
"""What stands so close before a title's last line, in its heights, belongs to it; what stands between was not read."""

SPREAD_MM = 300.0
"""Text of two pages beside each other is broader than a sheet of A4 is long."""

MOST_CHARACTERS = 80
"""A title has no more."""

_PRINTED_AT = re.compile(r"\d{4}[/.-]\d{1,2}[/.-]\d{1,2}")
"""What a browser prints at the head of a page, before the page's title."""

_WORDING = re.compile(r"[\u3400-\u9fff〇○0-9A-Za-z（）()〔〕“”\"、\-—－]+")
"""All that a title is made of: sentences, links and the facts around a web page's title have other marks."""

_SENTENCE = re.compile(r"^(?=.{15}).*[，。；].*")
"""A line of running text."""

_NO_TITLE = re.compile("打印|关闭|分享|首页|当前位置|来源|链接|返回|指南")
"""Words of a web page around its title."""

_AGENCY = re.compile(
    r"[\u3400-\u9fff〇○（）()、]+(?:政府|[省市县区州盟旗乡镇]|街道|局|厅|委|会|办|部|院|处|室|所|站|队|中心|公司|集团|学|校|社|行|署|馆|分局)"
)
"""What an agency's name looks like: 某县教育局, 某市人民政府办公室."""


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
    """The report's title: of the lines on the first pages that end as titles of annual reports do the one that says most.

    It stands above the narrative. That it names a year and an agency counts for more than its size: a web page prints
    政府信息公开年报 in larger type beside it.

    Args:
        lines: in reading order.
    """
    candidates = [_grown(lines, i) for i, line in enumerate(lines) if _ends_title(line)]
    candidates = [c for c in candidates if _TITLE.search(_text(c)) and len(_text(c)) <= MOST_CHARACTERS]
    if not candidates:
        return None
    narrative = next((i for i, line in enumerate(lines) if _SENTENCE.search(_compact(line.text))), len(lines))
    best = max(candidates, key=lambda c: _promise(c, above=c[-1] in lines[:narrative]))
    title = _found(best, _text(best))
    if _is_cut(lines, best[-1]):
        title = replace(title, score=min(title.score, CUT_SCORE))
    agency = _agency(best) or _letterhead(lines, best[0]) or _imprint(lines, best[-1])
    return Title(title, agency, _year(best))


def _is_cut(lines: Sequence[TextLine], last: TextLine) -> bool:
    """Whether a part of a title's last line stands left of what was read of it, with a gap between them that was not."""
    box = last.upright
    return any(
        line.page_index == last.page_index
        and abs(line.upright.center[1] - box.center[1]) < 0.5 * min(line.upright.height, box.height)
        and abs(line.upright.height - box.height) < 0.3 * box.height
        and 0 < box.x0 - line.upright.x1 < CUT_HEIGHTS * box.height
        for line in lines
    )


def _promise(lines: tuple[TextLine, ...], *, above: bool) -> tuple[bool, bool, bool, bool, bool, float]:
    """Greater for lines that are more likely a report's title; `above` tells whether they stand above the narrative."""
    text = _text(lines)
    height = min(line.upright.height for line in lines)
    in_words = bool(_WORDING.fullmatch(text)) and not _NO_TITLE.search(text)
    return (
        not _PRINTED_AT.match(text),
        in_words,
        above,
        _year(lines) is not None,
        _agency(lines) is not None,
        height,
    )


def ends_title(text: str) -> bool:
    """Whether a line ends as titles of annual reports do."""
    return bool(_LAST_LINE.search(_compact(text)))


def _ends_title(line: TextLine) -> bool:
    return line.page_index < TITLE_PAGES and ends_title(line.text)


def _grown(lines: Sequence[TextLine], end: int) -> tuple[TextLine, ...]:
    """The line and those right above it that belong to the same title."""
    grown = [lines[end]]
    while (upper := _above(lines, grown[0])) is not None and not _ends_title(upper):
        if not _continues(upper, grown[0]) or not _adds_to(_text(grown), _compact(upper.text)):
            break
        grown.insert(0, upper)
    return tuple(grown)


def _above(lines: Sequence[TextLine], lower: TextLine) -> TextLine | None:
    """The nearest line of a page that stands above another; what stands beside it, as a web page's menu, is passed over."""
    over = [
        line
        for line in lines
        if line.page_index == lower.page_index
        and line.upright.center[1] < lower.upright.y0
        and min(line.upright.x1, lower.upright.x1) > max(line.upright.x0, lower.upright.x0)
    ]
    return max(over, key=lambda line: line.upright.center[1], default=None)


def _adds_to(title: str, upper: str) -> bool:
    """Whether a line above a title's lower lines says what these do not: they may name the agency, and its place, already."""
    match = _AGENCY_END.match(title)
    if not match or not _AGENCY.fullmatch(match.group(1)):
        return True
    return bool(_AGENCY.fullmatch(upper)) and not match.group(1).startswith(upper)


def _continues(upper: TextLine, lower: TextLine) -> bool:
    text = _compact(upper.text)
    if not _WORDING.fullmatch(text) or _NO_TITLE.search(text):
        return False
    heights = sorted((upper.upright.height, lower.upright.height))
    close = lower.upright.y0 - upper.upright.y0 <= LINE_SPACING * heights[1]
    middles = abs(upper.upright.center[0] - lower.upright.center[0])
    starts = abs(upper.upright.x0 - lower.upright.x0)
    aligned = min(middles, starts) <= ALIGNED * heights[1]
    least = FEW_SIZE if len(_compact(lower.text)) <= FEW else SAME_SIZE
    return close and aligned and heights[0] >= least * heights[1]


def _agency(lines: tuple[TextLine, ...]) -> Found | None:
    text = _text(lines)
    match = _AGENCY_END.match(text)
    return _found(lines[:1], match.group(1)) if match and match.group(1) else None


def _letterhead(lines: Sequence[TextLine], title: TextLine) -> Found | None:
    """The agency whose name stands alone above a title that does not say it."""
    above = _above(lines, title)
    if above is None or not _AGENCY.fullmatch(name := _compact(above.text).removesuffix("文件")):
        return None
    middles = abs(above.upright.center[0] - title.upright.center[0])
    return _found([above], name) if middles <= ALIGNED * above.upright.height else None


def _imprint(lines: Sequence[TextLine], title: TextLine) -> Found | None:
    """The agency whose name stands alone in the middle of a cover, below a title that does not say it."""
    own = [line for line in lines if line.page_index == title.page_index]
    if len(own) > COVER_LINES:
        return None
    below = [
        line for line in own if line.upright.y0 > title.upright.y1 and _AGENCY.fullmatch(_compact(line.text))
    ]
    if len(below) != 1:
        return None
    middles = abs(below[0].upright.center[0] - title.upright.center[0])
    return _found(below, _compact(below[0].text)) if middles <= ALIGNED * below[0].upright.height else None


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
    """Lines from top to bottom; boxes of one printed line, which a detector may cut, from left to right.

    Of two pages on one picture those of the left one come first.
    """
    gutters = _gutters(lines)
    ordered = sorted(
        lines,
        key=lambda ln: (
            ln.page_index,
            ln.upright.x0 > gutters.get(ln.page_index, math.inf),
            ln.upright.center[1],
        ),
    )
    groups: list[list[TextLine]] = []
    for previous, line in pairwise([None, *ordered]):
        assert line is not None
        if previous is None or not _same_line(previous, line):
            groups.append([])
        groups[-1].append(line)
    return tuple(line for group in groups for line in sorted(group, key=lambda ln: ln.upright.x0))


def _gutters(lines: Sequence[TextLine]) -> dict[int, float]:
    """Of the pictures that show two pages side by side, by page index, where one ends and the other begins, px.

    Broader than a sheet of A4 is long, and no line goes through the middle.
    """
    gutters = {}
    for index in {line.page_index for line in lines}:
        own = [line for line in lines if line.page_index == index]
        first, last = min(ln.upright.x0 for ln in own), max(ln.upright.x1 for ln in own)
        middle = (first + last) / 2
        broad = last - first >= mm_to_px(SPREAD_MM, own[0].dpi)
        if broad and not any(ln.upright.x0 < middle < ln.upright.x1 for ln in own):
            gutters[index] = middle
    return gutters


def _same_line(a: TextLine, b: TextLine) -> bool:
    lower = min(a.upright.height, b.upright.height)
    return a.page_index == b.page_index and abs(a.upright.center[1] - b.upright.center[1]) < 0.5 * lower
