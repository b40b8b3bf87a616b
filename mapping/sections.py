"""The report's sections: headings and running text in reading order, tables left out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..document.geometry import mm_to_px
from ..document.text import TextLine
from .match import label_similarity
from .normalize import ordinal_of

SECTION_HEADINGS = (
    "总体情况",
    "主动公开政府信息情况",
    "收到和处理政府信息公开申请情况",
    "政府信息公开行政复议、行政诉讼情况",
    "存在的主要问题及改进情况",
    "其他需要报告的事项",
)
"""The six sections that 国办公开办函〔2021〕30号 prescribes; the edition of 2019 has the same."""

ORDINALS = "一二三四五六七八九十"

SAME_HEADING = 0.72
"""Similarity from which a line is taken for one of the prescribed headings."""

MAX_HEADING_LENGTH = 30
"""Characters; a longer line that begins with 一、 is running text."""

MARGIN_MM = 18.0
"""Page numbers, addresses and dates of a printed web page stand in this margin at the top and bottom of the page."""

INDENT_MM = 3.0
"""A line that begins this far right of the text's left edge opens a paragraph; the usual indent is two characters, 7 to 11 mm."""

_FURNITURE = re.compile(
    r"^[\s\-—–.·]*(?:第?\s*\d{1,4}\s*页?\s*(?:[/／共]\s*\d{1,4}\s*页?)?)[\s\-—–.·]*$|https?:|www\.|^\d{4}/\d{1,2}/\d{1,2}"
)


@dataclass(frozen=True, slots=True)
class SectionText:
    """One section.

    Attributes:
        number: 一 to 十 as printed, or the prescribed one where the heading prints none.
        heading: without its number.
        text: paragraphs parted by line breaks.
        page_indices: from 0, ascending.
    """

    number: str
    heading: str
    text: str
    page_indices: tuple[int, ...]


def split_sections(lines: Sequence[TextLine], page_heights: Mapping[int, float]) -> tuple[SectionText, ...]:
    """The sections in reading order; what stands before the first heading is none.

    Args:
        lines: in reading order.
        page_heights: of the upright pages by index, px.
    """
    sections: list[tuple[str, str, list[TextLine]]] = []
    for line in lines:
        if _is_furniture(line, page_heights[line.page_index]):
            continue
        heading = section_heading(line.text)
        if heading is not None:
            sections.append((*heading, [line]))
        elif sections:
            sections[-1][2].append(line)
    return tuple(_to_section(number, heading, members) for number, heading, members in sections)


def _is_furniture(line: TextLine, page_height: float) -> bool:
    margin = mm_to_px(MARGIN_MM, line.dpi)
    at_edge = line.upright.y0 < margin or line.upright.y1 > page_height - margin
    return at_edge and bool(_FURNITURE.search(line.text.strip()))


def section_heading(text: str) -> tuple[str, str] | None:
    """Number and wording of a section heading; None for another line."""
    stripped = text.strip()
    if len(stripped) > MAX_HEADING_LENGTH or stripped.endswith(("。", "；", "，")):
        return None
    wording = re.sub(rf"^[{ORDINALS}]+\s*[、.,，．]?\s*", "", stripped)
    fits = [label_similarity(wording, heading) for heading in SECTION_HEADINGS]
    known = max(range(len(fits)), key=fits.__getitem__)
    number = ordinal_of(stripped) if not stripped.startswith(("（", "(")) else None
    if number is not None:
        return ORDINALS[number - 1], wording
    if fits[known] >= SAME_HEADING and not stripped.startswith(("（", "(")):
        return ORDINALS[known], wording
    return None


def _to_section(number: str, heading: str, lines: list[TextLine]) -> SectionText:
    body = lines[1:]
    pages = tuple(sorted({line.page_index for line in lines}))
    if not body:
        return SectionText(number, heading, "", pages)
    left = {
        page: min(ln.upright.x0 for ln in body if ln.page_index == page)
        for page in {b.page_index for b in body}
    }
    text = ""
    for line in body:
        indented = line.upright.x0 > left[line.page_index] + mm_to_px(INDENT_MM, line.dpi)
        text += ("\n" if text and indented else "") + line.text.strip()
    return SectionText(number, heading, text, pages)
