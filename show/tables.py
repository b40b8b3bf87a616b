"""A record's three tables for the terminal: what was read, and how sure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..document.record import Cell, Record

TABLE_TITLES = {
    "disclosure": "二、主动公开政府信息情况",
    "applications": "三、收到和处理政府信息公开申请情况",
    "challenges": "四、政府信息公开行政复议、行政诉讼情况",
}
KIND_MARKS = {"blank": "·", "not_applicable": "/", "illegible": "illegible", "missing": "missing"}


def show_record(record: Record) -> Group:
    """Title, tables, failed checks and a line that sums up."""
    parts: list[RenderableType] = [Text(_heading(record), style="bold")]
    for table_id, title in TABLE_TITLES.items():
        cells = [cell for cell in record.cells if cell.id.startswith(f"{table_id}.")]
        parts += [_show_table(title, block) for block in _blocks(cells)]
    parts += [_show_check_failures(record), Text(_summary(record))]
    return Group(*parts)


def _heading(record: Record) -> str:
    title = record.title.text if record.title else "(no title found)"
    return f"{title}  [{record.form.id}, {record.source.path}]"


def _blocks(cells: Sequence[Cell]) -> Iterator[list[list[Cell]]]:
    """Rows that share their column labels, as one table."""
    rows: dict[str, list[Cell]] = {}
    for cell in cells:
        rows.setdefault(cell.id.rsplit(".", 1)[0], []).append(cell)
    block: list[list[Cell]] = []
    for row in rows.values():
        if block and [c.column_label for c in row] != [c.column_label for c in block[0]]:
            yield block
            block = []
        block.append(row)
    if block:
        yield block


def _show_table(title: str, rows: Sequence[Sequence[Cell]]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", pad_edge=False)
    table.add_column("", overflow="fold", ratio=3, min_width=12)
    for cell in rows[0]:
        table.add_column(cell.column_label, justify="right", overflow="fold")
    for row in rows:
        table.add_row(row[0].row_label, *(_show_cell(cell) for cell in row))
    return table


def _show_cell(cell: Cell) -> Text:
    """The value, and its confidence in percent; a question mark for what is in review."""
    said = KIND_MARKS.get(cell.kind, str(cell.value))
    mark = "" if cell.status == "accepted" else "?"
    sure = "green" if cell.status == "accepted" else "yellow" if cell.confidence >= 0.8 else "red"
    text = Text(said + mark, style=sure)
    if cell.kind != "missing":
        text.append(f" {percent(cell.confidence)}", style="dim")
    return text


def percent(confidence: float) -> str:
    """Percent without decimals, rounded down, so that 100 means certain."""
    return f"{int(confidence * 100)}%"


def _show_check_failures(record: Record) -> RenderableType:
    failed = [check for check in record.checks if check.state == "violated"]
    holding = sum(check.state == "holds" for check in record.checks)
    open_ = len(record.checks) - holding - len(failed)
    lines = [f"勾稽: {holding} hold, {len(failed)} violated, {open_} cannot be told"]
    lines += [f"  violated: {check.id}: {check.left} ≠ {check.right}" for check in failed]
    lines += [f"  failed: {failure.where}: {failure.why}" for failure in record.failures]
    return Text("\n".join(lines), style="red" if failed or record.failures else "")


def _summary(record: Record) -> str:
    accepted = sum(cell.status == "accepted" for cell in record.cells)
    missing = sum(cell.kind == "missing" for cell in record.cells)
    return (
        f"{accepted} of {len(record.cells)} cells accepted, {len(record.cells) - accepted} for review, {missing} missing; "
        f"{record.source.pages} pages in {record.provenance.seconds:.1f} s. Confidence is {record.provenance.confidence_model}."
    )
