// Values and entries in words.

import { get, say } from "./api.js";

/** A content for people: digits, or the name of its kind. */
export function told({ kind, value }) {
  return kind === null ? "?" : kind === "number" ? value : say(`kind.${kind}`);
}

/** A share as a percentage. */
export function percent(share) {
  return `${(share * 100).toFixed(share > 0.0995 && share < 0.9995 ? 0 : 2)} %`;
}

/** Fills a list with what has happened to a cell. */
export async function fillHistory(list, cell) {
  const entries = await get(`/api/records/${cell.record_id}/cells/${cell.cell_id}/history`);
  const lines = entries.map((entry) => `${new Date(entry.at).toLocaleString()} · ${line(entry)}`);
  if (cell.read_kind !== null) {
    lines.unshift(say("history.read", { value: told({ kind: cell.read_kind, value: cell.read_value }) }));
  }
  if (!entries.length) lines.push(say("desk.no_history"));
  list.replaceChildren(...lines.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
}

function line(entry) {
  if (entry.undoes !== null) return say("history.undone", { person: entry.person });
  const entered = say("history.entered", {
    person: entry.person, value: told(entry), old: told({ kind: entry.old_kind, value: entry.old_value }),
  });
  const parts = [entered, say(`purpose.${entry.purpose}`)];
  if (!entry.settles) parts.push(say("history.waits"));
  if (entry.reason) parts.push(entry.reason);
  return parts.join(" · ");
}
