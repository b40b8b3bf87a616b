"""The Chinese names of columns and values in exported tables."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from .tables import cells

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


CellLabels = Mapping[str, tuple[str, str]]
"""By cell id, the labels of its row and its column as the form prints them."""


def cell_labels(connection: Connection, cell_ids: tuple[str, ...]) -> CellLabels:
    """Those of the cells that the database has seen."""
    c = cells.c
    found = {}
    for cell_id in cell_ids:
        row = connection.execute(
            select(c.row_label, c.column_label).where(c.cell_id == cell_id).limit(1)
        ).first()
        if row is not None:
            found[cell_id] = (row.row_label, row.column_label)
    return found


def column_name(name: str, labels: CellLabels) -> str:
    """The Chinese name of a column: of a cell's, table, row and column; its id where no record has it."""
    if name in COLUMNS:
        return COLUMNS[name]
    if name not in labels:
        return name
    return " | ".join((VALUES[name.partition(".")[0]], *labels[name]))


def value_name(value: str) -> str:
    """The Chinese name of a table, kind or status."""
    return VALUES[value]
