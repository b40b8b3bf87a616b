// One cell after the other: what is in the box is what Enter confirms.

import { get, newKey, post, Problem, say } from "./api.js";
import { fillHistory, percent, told } from "./describe.js";
import { parse, print } from "./entry.js";
import { drawLabels } from "./labels.js";
import { Outbox } from "./outbox.js";
import { around, drawPart, pagePicture } from "./pages.js";
import { Supply } from "./supply.js";
import { Viewer } from "./viewer.js";

const $ = (id) => document.getElementById(id);
const LONGEST_LOOK = 300;
const AGAIN_MS = 1000;

const supply = new Supply(JSON.parse($("wanted").textContent));
const viewer = new Viewer(document.querySelector(".viewer"));
const outbox = new Outbox({ onChange: showSaving, onSent: remember, onRefused: refused });
const done = [];
let cell = null;
let chosen = null;
let since = 0;
let left = null;
let pressed = null;
let digits = "";
let busy = false;
let loading = false;

/** Shows a cell, or that none is left. */
function show(next) {
  cell = next;
  digits = "";
  $("cell").dataset.record = next?.record_id ?? "";
  $("cell").dataset.cell = next?.cell_id ?? "";
  $("cell").classList.toggle("finished", cell === null);
  $("entry").hidden = cell === null;
  $("entry-problem").textContent = "";
  $("history").open = false;
  if (cell === null) {
    $("label").textContent = say("desk.finished");
    for (const id of ["report", "alternatives", "why", "checks"]) $(id).replaceChildren();
    $("value").blur();
    return;
  }
  since = performance.now();
  $("report").textContent = `${cell.agency ?? "—"} ${cell.year ?? ""} · ${cell.path.split("/").pop()}`;
  $("label").textContent = `${cell.row_label} · ${cell.column_label}`;
  showStep();
  choose(mayBeConfirmed() ? { kind: cell.kind, value: cell.value } : null);
  showAlternatives();
  $("why").replaceChildren(...cell.reasons.map((reason) => tag("span", say(`reason.${reason}`))));
  $("checks").replaceChildren(...cell.checks.map((check) => link(checkPath(check), check.text)));
  if (cell.bbox === null) $("entry-problem").textContent = say("desk.no_place");
  if (chosen === null) $("value").focus();
  else $("value").blur();
  drawPictures(cell);
}

function mayBeConfirmed() {
  return cell.kind !== null && cell.kind !== "illegible" && cell.kind !== "missing";
}

function showStep() {
  const said = { second: "desk.blind", third: "desk.third", audit: "desk.audit" }[cell.step];
  $("blind").hidden = !said;
  $("blind").textContent = said ? say(said) : "";
}

/** Puts a content into the box; null empties it. */
function choose(content) {
  chosen = content;
  $("value").value = content === null ? "" : print(content) || told(content);
  $("value").classList.toggle("mark", content !== null && content.kind !== "number");
}

function showAlternatives() {
  $("alternatives").replaceChildren(...cell.alternatives.slice(0, 9).map((a, n) => {
    const content = contentOf(a);
    const button = tag("button", `${n + 1}. ${told(content)}`);
    button.type = "button";
    button.dataset.key = String(n + 1);
    button.append(tag("small", percent(a.probability)));
    return button;
  }));
}

const contentOf = ({ kind, value }) => ({ kind, value });

async function drawPictures(shown) {
  delete $("cell").dataset.drawn;
  // Never the picture of one cell beside the number of another.
  for (const id of ["crop", "row", "column"]) $(id).getContext("2d").clearRect(0, 0, $(id).width, $(id).height);
  viewer.marked = { page: shown.page, bbox: shown.bbox };
  if (shown.bbox === null) {
    viewer.show(shown.record_id, shown.page ?? 1, null);
    took();
    return;
  }
  try {
    const picture = await pagePicture(shown.record_id, shown.page);
    if (shown !== cell) return;
    drawPart($("crop"), picture, around(shown.bbox, picture, 0.2, 0.15), { mark: null });
    took();
    viewer.show(shown.record_id, shown.page, shown.bbox, { keepView: true });
    await drawLabels($("row"), $("column"), picture, shown);
  } catch (error) {
    viewer.show(shown.record_id, shown.page, shown.bbox);
  }
}

/** Notes how long it took from the key to the next cell's picture. */
function took() {
  $("cell").dataset.drawn = "1";
  if (pressed === null) return;
  const from = pressed;
  pressed = null;
  requestAnimationFrame(() => performance.measure("next-cell", { start: from, end: performance.now() }));
}

/** Takes what is in the box as the answer and goes on. */
function confirm() {
  if (cell === null || busy) return;
  // A reading is confirmed by looking at its picture; what somebody has typed they have seen somewhere.
  if (chosen !== null && !$("cell").dataset.drawn) {
    $("entry-problem").textContent = say("desk.not_seen");
    return;
  }
  const content = chosen ?? parse($("value").value);
  if (content === null) {
    $("entry-problem").textContent = say($("value").value.trim() ? "desk.not_a_number" : "desk.nothing_entered");
    return;
  }
  pressed = performance.now();
  const answer = {
    ...content, over: cell.over, step: cell.step, key: newKey(), seconds: Math.min((performance.now() - since) / 1000, LONGEST_LOOK),
  };
  const entry = { cell, content, key: answer.key, correction: null, settled: false };
  done.push(entry);
  supply.answered.push(cell);
  outbox.put(`/api/records/${cell.record_id}/cells/${cell.cell_id}/corrections`, answer, { key: answer.key, label: labelOf(cell), cell: { sha256: cell.sha256, cell_id: cell.cell_id } });
  if (left !== null) showLeft(left - 1);
  goOn();
}

async function goOn() {
  $("note").textContent = "";
  // Until the next one is there no key answers the last one again.
  cell = null;
  loading = true;
  if (!supply.ahead.length) $("label").textContent = say("desk.loading");
  for (;;) {
    try {
      const next = await supply.next();
      loading = false;
      show(next);
      return;
    } catch (error) {
      $("entry-problem").textContent = error.status === 401 ? say("desk.logged_out") : error.message;
      if (error instanceof Problem && error.status < 500) {
        loading = false;
        return;
      }
      await new Promise((again) => setTimeout(again, AGAIN_MS));
    }
  }
}

function remember({ body }, answered) {
  const entry = done.find((one) => one.key === body.key);
  if (entry) Object.assign(entry, { correction: answered.correction_id, settled: answered.settled });
}

function refused({ about, body }, problem) {
  const place = done.findIndex((one) => one.key === body.key);
  if (place >= 0) done.splice(place, 1);
  const { sha256, cell_id } = about.cell;
  supply.answered = supply.answered.filter((one) => one.sha256 !== sha256 || one.cell_id !== cell_id);
  // Stays until it is read: the next answers are on their way already.
  $("refused").textContent = say("desk.conflict", { message: `${about.label}: ${problem.message}` });
}

/** Takes the last answer back and shows its cell again. */
async function undo() {
  const entry = done.at(-1);
  await outbox.empty();
  if (!entry || entry.correction === null) {
    $("note").textContent = say("desk.nothing_to_undo");
    return;
  }
  try {
    await post(`/api/corrections/${entry.correction}/undo`, { key: newKey() });
    done.splice(done.indexOf(entry), 1);
    supply.answered = supply.answered.filter((one) => one !== entry.cell);
    again(entry.cell);
    if (left !== null) showLeft(left + 1);
    $("note").textContent = say("desk.undone", { label: labelOf(entry.cell) });
  } catch (problem) {
    $("note").textContent = say("desk.conflict", { message: problem.message });
  }
}

/** The cell before this one, with the answer that was given: another one stands above it. */
async function back() {
  const entry = done.at(-1);
  await outbox.empty();
  if (!entry || !entry.settled) {
    $("note").textContent = say("desk.only_undo");
    return;
  }
  done.splice(done.indexOf(entry), 1);
  again({ ...entry.cell, ...entry.content, over: entry.correction, step: null });
}

function again(before) {
  supply.putBack(before);
  show(before);
}

async function skip() {
  try {
    await supply.skip(cell);
    await goOn();
  } catch (problem) {
    $("note").textContent = problem.message;
  }
}

const checkPath = (check) => `/records/${cell.record_id}/checks/${check.check_id}`;
const labelOf = ({ row_label, column_label }) => `${row_label} · ${column_label}`;

/** While one of these is at work no other key does anything: it would mean another cell than the person sees. */
function alone(work) {
  return async () => {
    if (busy || (cell === null && work === skip) || loading) return;
    busy = true;
    try {
      await work();
    } finally {
      busy = false;
    }
  };
}

const ACTIONS = {
  Enter: confirm,
  e: () => { $("value").focus(); $("value").select(); },
  b: () => choose({ kind: "blank", value: null }),
  "/": () => choose({ kind: "not_applicable", value: null }),
  x: () => choose({ kind: "illegible", value: null }),
  m: () => choose({ kind: "missing", value: null }),
  s: alone(skip),
  p: alone(back),
  u: alone(undo),
  c: () => { if (cell?.checks.length) location.href = checkPath(cell.checks[0]); },
  t: () => { if (cell) location.href = `/records/${cell.record_id}`; },
  z: () => viewer.toggle(),
  "?": () => $("keys").showModal(),
};

/** What a key means where the focus is; undefined for nothing. */
function actionOf(event) {
  const inBox = event.target === $("value");
  const key = event.key === "Enter" ? "Enter" : event.key.toLowerCase();
  if (/^[0-9]$/.test(key)) return digit(Number(key), inBox, event.altKey);
  if (event.altKey) return undefined;
  if (inBox && key === "/") return undefined;
  if (inBox && key === "escape") return () => $("value").blur();
  // Enter on a button is that button's.
  if (key === "Enter" && !inBox && event.target.closest("button, a, summary")) return undefined;
  return ACTIONS[key];
}

function digit(number, inBox, withAlt) {
  if (inBox && !withAlt) return undefined;
  const typed = withAlt ? String(number) : digits + number;
  const alternative = typed.length > 1 ? undefined : cell?.alternatives[number - 1];
  if (alternative) return () => { choose(contentOf(alternative)); digits = typed; };
  // No such alternative, or another digit after one that was: all of them are a number.
  return withAlt || cell === null ? undefined : () => { choose(null); $("value").focus(); $("value").value = typed; };
}

document.addEventListener("keydown", (event) => {
  // An input method's own keys (229 while it composes) are never commands.
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || $("keys").open) return;
  if (event.target.closest("input, select, textarea") && event.target !== $("value")) return;
  const action = actionOf(event);
  if (!action) return;
  event.preventDefault();
  // A key that is held answers one cell, not many.
  if (event.repeat) return;
  if (!/^[0-9]$/.test(event.key)) digits = "";
  action();
});

$("entry").addEventListener("submit", (event) => { event.preventDefault(); confirm(); });
$("value").addEventListener("input", () => { chosen = null; $("value").classList.remove("mark"); $("entry-problem").textContent = ""; });
document.addEventListener("click", (event) => {
  const key = event.target.closest("[data-key]")?.dataset.key;
  if (!key) return;
  (/^[1-9]$/.test(key) ? digit(Number(key), false, true) : ACTIONS[key])?.();
  if (key !== "e" && document.activeElement instanceof HTMLButtonElement) document.activeElement.blur();
});
$("history").addEventListener("toggle", () => {
  if ($("history").open && cell) fillHistory($("history").querySelector("ol"), cell);
});

function showSaving(waiting, trouble) {
  $("saving").textContent = trouble === "login" ? say("desk.logged_out") : trouble ? say("desk.unsaved", { n: waiting }) : waiting ? say("desk.saving", { n: waiting }) : "";
  $("saving").classList.toggle("unsaved", Boolean(trouble));
}

function showLeft(count) {
  left = Math.max(0, count);
  $("progress").textContent = `${say("progress.left")} ${left}`;
}

async function countLeft() {
  const query = new URLSearchParams(JSON.parse($("wanted").textContent));
  const progress = await get(`/api/queue/progress?${query}`);
  showLeft(progress.left);
}

function tag(name, text) {
  return Object.assign(document.createElement(name), { textContent: text });
}

function link(href, text) {
  return Object.assign(tag("a", text), { href });
}

countLeft().catch(() => {});
goOn();
