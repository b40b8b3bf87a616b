// A failing check: every term beside its picture, both sums as they are typed.

import { newKey, post, say } from "./api.js";
import { percent, told } from "./describe.js";
import { parse, print } from "./entry.js";
import { around, drawPart, pagePicture } from "./pages.js";
import { evaluate } from "./sums.js";
import { Viewer } from "./viewer.js";

const OPEN = new Set(["illegible", "missing", null]);
const $ = (id) => document.getElementById(id);
const check = JSON.parse($("check").textContent);
const viewer = new Viewer(document.querySelector(".viewer"));
viewer.pages = JSON.parse($("pages").textContent);
const cells = [...check.left, ...check.right];
const items = new Map([...document.querySelectorAll(".term")].map((item) => [item.dataset.cell, item]));
const since = performance.now();

const boxOf = (cell) => items.get(cell.cell_id).querySelector("input");

/** What a term's box says; null for no number. What was there and is not a number stays until something is typed. */
function contentOf(cell) {
  const box = boxOf(cell);
  if (!box.dataset.typed) return cell.kind === null ? null : { kind: cell.kind, value: cell.value };
  return parse(box.value);
}

function update() {
  const side = (terms) => terms.map((cell) => contentOf(cell) ?? { kind: "illegible", value: null });
  const { state, left, right, residual } = evaluate(side(check.left), side(check.right));
  $("left-sum").value = left ?? "–";
  $("right-sum").value = right ?? "–";
  $("residual").value = residual ?? "–";
  $("state").textContent = say(`check.${state}`);
  $("state").className = state;
  $("own").disabled = state !== "violated";
}

for (const cell of cells) {
  const box = boxOf(cell);
  box.value = cell.kind === null ? "" : print(cell) || told(cell);
  box.addEventListener("input", () => { box.dataset.typed = "1"; update(); });
  box.addEventListener("focus", () => look(cell));
  draw(cell);
}

async function draw(cell) {
  if (!cell.bbox) return;
  const picture = await pagePicture(check.record_id, cell.page).catch(() => null);
  if (picture) drawPart(items.get(cell.cell_id).querySelector("canvas"), picture, around(cell.bbox, picture, 0.8, 0.2), { most: 2 });
}

function look(cell) {
  if (cell.page) viewer.show(check.record_id, cell.page, cell.bbox, { keepView: true });
}

/** The terms to be written: those that wait, and those that were changed. */
function terms() {
  return cells
    .map((cell) => ({ cell, content: contentOf(cell) }))
    .filter(({ cell, content }) => (boxOf(cell).dataset.typed
      ? cell.step !== null || !content || content.kind !== cell.kind || content.value !== cell.value
      // What nobody could read, and nobody has typed, nobody has said either.
      : cell.step !== null && !OPEN.has(cell.kind)))
    .map(({ cell, content }) => {
      if (content === null || content.kind === null) throw new Error(`${cell.row_label} · ${cell.column_label}: ${say("desk.not_a_number")}`);
      return { cell_id: cell.cell_id, ...content, over: cell.over, step: cell.step, key: newKey(), seconds: (performance.now() - since) / 1000 / cells.length };
    });
}

async function answer(verdict) {
  $("entry-problem").textContent = "";
  try {
    const told = await post(`/api/records/${check.record_id}/checks/${check.check_id}/answers`, {
      key: newKey(), answer: verdict, terms: verdict === "withdrawn" ? [] : terms(),
    });
    $("note").textContent = say("check.saved", { state: say(`check.${told.state}`) });
    if (verdict === "withdrawn") location.reload();
  } catch (problem) {
    $("entry-problem").textContent = problem.message;
  }
}

async function save() {
  $("entry-problem").textContent = "";
  try {
    for (const { cell_id, ...given } of terms()) {
      await post(`/api/records/${check.record_id}/cells/${cell_id}/corrections`, given);
    }
    location.reload();
  } catch (problem) {
    $("entry-problem").textContent = problem.message;
  }
}

$("save").addEventListener("click", save);
$("own").addEventListener("click", () => answer("source_inconsistent"));
$("withdraw")?.addEventListener("click", () => answer("withdrawn"));
document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229) return;
  if (event.key === "Enter" && event.target.matches(".term input")) save();
  else if (event.altKey && event.key.toLowerCase() === "n" && !$("own").disabled) answer("source_inconsistent");
  else return;
  event.preventDefault();
});

const labels = new Map(cells.map((cell) => [cell.cell_id, `${cell.row_label} · ${cell.column_label}`]));
$("mends")?.append(...check.mends.map((mend) => {
  const item = document.createElement("li");
  const button = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: labels.get(mend.cell_id) });
  button.addEventListener("click", () => boxOf(cells.find((cell) => cell.cell_id === mend.cell_id)).focus());
  const supported = mend.probability === null ? say("check.unsupported") : say("check.supported", { p: percent(mend.probability) });
  item.append(button, ` → ${mend.value} · ${supported} · ${say("check.after", { n: mend.violated_after })}`);
  return item;
}));
update();
const first = cells.find((cell) => cell.cell_id === check.mends[0]?.cell_id) ?? cells.find((cell) => cell.page);
if (first) boxOf(first).focus();
