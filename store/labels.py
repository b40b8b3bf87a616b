"""The Chinese names of columns and values in exported tables."""

from __future__ import annotations

from functools import cache

from ..mapping.form import load_forms

COLUMNS = {
    "path": "文件", "sha256": "文件摘要", "agency": "单位", "year": "年度", "form_id": "表式", "table_id": "表", "row_label": "行",
    "column_label": "列", "cell_id": "单元格编号", "value": "数值", "kind": "类型", "raw_text": "所印文字", "note": "附注",
    "confidence": "置信度", "status": "状态", "page": "页", "x0": "左", "y0": "上", "x1": "右", "y1": "下", "person": "更正人",
    "corrected_at": "更正时间",
}  # fmt: skip

VALUES = {
    "disclosure": "二、主动公开", "applications": "三、申请", "challenges": "四、复议诉讼", "number": "数字", "blank": "空白",
    "not_applicable": "不适用", "illegible": "无法辨认", "missing": "未找到",
    "accepted": "已采纳", "review": "待核对", "corrected": "已更正",
}  # fmt: skip


def column_name(name: str) -> str:
    """The Chinese name of a column: of a cell's, table, row and column as its form prints them."""
    return COLUMNS[name] if name in COLUMNS else _cell_names()[name]


@cache
def _cell_names() -> dict[str, str]:
    """By cell id; where editions print a cell differently, as the newest does."""
    cells = (cell for form in reversed(load_forms()) for table in form.tables for cell in table.cells)
    return {c.id: " | ".join((VALUES[c.id.partition(".")[0]], c.row_label, c.column_label)) for c in cells}


def value_name(value: str) -> str:
    """The Chinese name of a table, kind or status."""
    return VALUES[value]
