// The labels of a cell's row and column as printed: found beside and above the cells of its table.

import { get } from "./api.js";
import { drawPart } from "./pages.js";

const HEADER_ROWS = 3.2;
const records = new Map();

/** A promise of all cells of a record. */
export function cellsOf(recordId) {
  if (!records.has(recordId)) {
    const cells = get(`/api/records/${recordId}/cells`);
    records.set(recordId, cells);
    cells.catch(() => records.delete(recordId));
  }
  return records.get(recordId);
}

/** Draws the row's label with the cell, and the column's header, into two canvases. */
export async function drawLabels(rowCanvas, columnCanvas, picture, cell) {
  const [x0, y0, x1, y1] = cell.bbox;
  const height = y1 - y0;
  const alike = (await cellsOf(cell.record_id)).filter(
    (other) => other.bbox && other.page === cell.page && other.table_id === cell.table_id,
  );
  const firstValue = Math.min(x0, ...alike.filter((o) => overlaps(o.bbox, cell.bbox)).map((o) => o.bbox[0]));
  const labelLeft = Math.max(0, firstValue - 0.34 * picture.width);
  drawPart(rowCanvas, picture, [labelLeft, Math.max(0, y0 - 0.3 * height), Math.min(picture.width, Math.max(firstValue, labelLeft) + 4), Math.min(picture.height, y1 + 0.3 * height)], { most: 2 });
  // Where a page break has parted the table, the header is on the page before.
  const all = (await cellsOf(cell.record_id)).filter((o) => o.table_id === cell.table_id && o.column_label === cell.column_label);
  const headed = cell.page === Math.min(...all.filter((o) => o.page).map((o) => o.page));
  columnCanvas.parentElement.hidden = !headed;
  if (!headed) return;
  const above = alike.filter((o) => o.bbox[2] > x0 && o.bbox[0] < x1 && o.column_label === cell.column_label);
  const top = Math.min(y0, ...above.map((o) => o.bbox[1]));
  const width = x1 - x0;
  drawPart(columnCanvas, picture, [Math.max(0, x0 - width), Math.max(0, top - HEADER_ROWS * height), Math.min(picture.width, x1 + width), top + 4], { most: 2 });
}

function overlaps(a, b) {
  return a[1] < b[3] && a[3] > b[1];
}
