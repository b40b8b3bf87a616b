// The whole report: the scan and the tables as read, side by side, each leading to the place on the other.

import { get, newKey, post, say } from "./api.js";
import { fillHistory, told } from "./describe.js";
import { parse, print } from "./entry.js";
import { around, drawPart, pagePicture } from "./pages.js";
import { Viewer } from "./viewer.js";

const LOW = 0.5;
const COLOURS = { accepted: "#2e8b57", review: "#d98a00", corrected: "#2f6fd6" };

const $ = (id) => document.getElementById(id);
const record = JSON.parse($("record").textContent);
const buttons = new Map([...document.querySelectorAll(".cell-button")].map((button) => [button.dataset.cell, button]));
const viewer = new Viewer(document.querySelector(".viewer"), { onBox: ({ cell }) => { find(cell, true); } });
viewer.pages = record.pages;
let cells = new Map();
let editing = null;
let opened = 0;

viewer.boxes = (shown) => [...cells.values()]
  .filter((cell) => cell.bbox && cell.page === shown.page)
  .map((cell) => ({ cell, bbox: cell.bbox, colour: COLOURS[cell.status] }));

function find(cell, scroll = false) {
  document.querySelector(".cell-button.chosen")?.classList.remove("chosen");
  const button = buttons.get(cell.cell_id);
  button.classList.add("chosen");
  if (scroll) {
    button.scrollIntoView({ block: "center" });
    button.focus({ preventScroll: true });
  }
  if (cell.page) viewer.show(record.record_id, cell.page, cell.bbox, { keepView: true });
}

async function load() {
  cells = new Map((await get(`/api/records/${record.record_id}/cells`)).map((cell) => [cell.cell_id, cell]));
  for (const [id, button] of buttons) {
    const cell = cells.get(id);
    button.textContent = told(cell);
    button.className = `cell-button status-${cell.status}${cell.status === "review" && cell.confidence < LOW ? " low" : ""}`;
    button.setAttribute("aria-label", `${cell.row_label} ${cell.column_label}: ${told(cell)} (${say(`status.${cell.status}`)})`);
  }
}

/** The scan follows the table: the row in the middle of the one is in view on the other, at the chosen cell where it is of that row. */
function follow() {
  const middle = $("tables").getBoundingClientRect().top + $("tables").clientHeight / 2;
  let nearest = null;
  let least = Infinity;
  const chosen = document.querySelector(".cell-button.chosen")?.dataset.cell;
  for (const [id, button] of [...buttons].sort(([a], [b]) => (b === chosen) - (a === chosen))) {
    const box = button.getBoundingClientRect();
    const far = Math.abs(box.top + box.height / 2 - middle);
    if (far < least - 1 && cells.get(id)?.bbox) [nearest, least] = [id, far];
  }
  const cell = nearest && cells.get(nearest);
  if (cell && !$("edit").open) viewer.show(record.record_id, cell.page, cell.bbox, { keepView: true });
}

let scrolled = 0;
$("tables").addEventListener("scroll", () => {
  clearTimeout(scrolled);
  scrolled = setTimeout(follow, 120);
});

$("tables").addEventListener("click", (event) => {
  const button = event.target.closest(".cell-button");
  const extra = event.target.closest(".extra");
  if (button) {
    const cell = cells.get(button.dataset.cell);
    find(cell);
    edit(cell);
  } else if (extra) {
    viewer.show(record.record_id, Number(extra.dataset.page), extra.dataset.bbox.split(",").map(Number));
  }
});
$("tables").addEventListener("focusin", (event) => {
  const cell = cells.get(event.target.dataset?.cell);
  if (cell) find(cell);
});

async function edit(cell) {
  editing = cell;
  opened = performance.now();
  $("edit-label").textContent = `${cell.row_label} · ${cell.column_label}`;
  $("edit-read").textContent = cell.read_kind === null ? say("desk.blind") : say("history.read", { value: told({ kind: cell.read_kind, value: cell.read_value }) });
  $("edit-value").value = cell.kind === null ? "" : print(cell);
  $("edit-reason").value = "";
  $("edit-problem").textContent = "";
  $("edit-history").replaceChildren();
  $("edit").showModal();
  $("edit-value").focus();
  $("edit-value").select();
  fillHistory($("edit-history"), cell);
  $("edit-crop").getContext("2d").clearRect(0, 0, $("edit-crop").width, $("edit-crop").height);
  if (!cell.bbox) return;
  const picture = await pagePicture(record.record_id, cell.page).catch(() => null);
  if (picture && editing === cell) drawPart($("edit-crop"), picture, around(cell.bbox, picture, 0.2, 0.15));
}

async function save(content) {
  if (content === null) {
    $("edit-problem").textContent = say("desk.not_a_number");
    return;
  }
  try {
    await post(`/api/records/${record.record_id}/cells/${editing.cell_id}/corrections`, {
      ...content, over: editing.over, step: editing.step, key: newKey(), reason: $("edit-reason").value, seconds: Math.min((performance.now() - opened) / 1000, 300),
    });
    $("edit").close();
    await load();
    viewer.draw();
    buttons.get(editing.cell_id).focus();
  } catch (problem) {
    $("edit-problem").textContent = problem.message;
  }
}

$("edit-form").addEventListener("submit", (event) => { event.preventDefault(); save(parse($("edit-value").value)); });
$("edit-form").addEventListener("click", (event) => {
  const kind = event.target.dataset?.kind;
  if (kind) save({ kind, value: null });
});
$("edit-close").addEventListener("click", () => $("edit").close());

await load();
const asked = cells.get(location.hash.slice(1)) ?? [...cells.values()].find((cell) => cell.bbox);
if (asked) find(asked, location.hash.length > 1);
