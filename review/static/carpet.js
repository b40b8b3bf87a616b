// All crops that were read as the same on one screen: the odd ones out are clicked, the rest is confirmed together.

import { newKey, post, say } from "./api.js";
import { RENEW_MS } from "./supply.js";

const $ = (id) => document.getElementById(id);
const SCREEN = 120;
let group = null;
let shown = [];
let since = 0;

const isOdd = (button) => button.getAttribute("aria-pressed") === "true";

async function open(wanted) {
  group = wanted;
  for (const button of document.querySelectorAll(".group")) {
    button.setAttribute("aria-pressed", String(button.dataset.kind === group.kind && button.dataset.value === (group.value ?? "")));
  }
  const cells = await post("/api/carpet/claim", { ...group, count: SCREEN });
  shown = cells.map((cell) => ({ cell, button: tile(cell) }));
  since = performance.now();
  $("carpet").replaceChildren(...shown.map((one) => one.button));
  shown[0]?.button.focus();
  count();
}

function tile(cell) {
  const button = Object.assign(document.createElement("button"), { type: "button" });
  button.setAttribute("aria-pressed", "false");
  const label = `${cell.agency ?? ""} ${cell.year ?? ""} ${cell.row_label} · ${cell.column_label}`;
  button.setAttribute("aria-label", label);
  button.title = label;
  const image = Object.assign(document.createElement("img"), { alt: "", decoding: "async" });
  // A picture that nobody has seen confirms nothing.
  image.addEventListener("error", () => { button.classList.add("broken"); count(); });
  image.addEventListener("load", () => { button.dataset.loaded = "1"; whenOnScreen(button); count(); });
  image.src = `/api/records/${cell.record_id}/cells/${cell.cell_id}/crop?tight=true`;
  button.append(image);
  button.addEventListener("click", () => { button.setAttribute("aria-pressed", String(!isOdd(button))); count(); });
  return button;
}

/** Counts a picture as seen once it was on the screen. */
function whenOnScreen(button) {
  new IntersectionObserver((entries, observer) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    button.dataset.seen = "1";
    count();
  }, { threshold: 0.9 }).observe(button);
}

const rest = () => shown.filter(({ button }) => button.dataset.seen && !isOdd(button));

function count() {
  const loading = shown.some(({ button }) => !button.dataset.loaded && !button.classList.contains("broken"));
  const broken = shown.filter(({ button }) => button.classList.contains("broken")).length;
  $("confirm").hidden = !shown.length;
  $("confirm").disabled = loading || !rest().length;
  $("confirm").textContent = say("carpet.confirm", { n: rest().length });
  $("note").textContent = broken ? say("carpet.no_picture", { n: broken }) : $("note").textContent;
}

async function confirm() {
  if ($("confirm").disabled) return;
  const cells = rest().map(({ cell }) => ({ record_id: cell.record_id, cell_id: cell.cell_id, key: newKey() }));
  const odd = shown.filter(({ button }) => isOdd(button)).map(({ cell }) => ({ sha256: cell.sha256, cell_id: cell.cell_id }));
  $("confirm").disabled = true;
  try {
    const done = await post("/api/carpet/answers", { ...group, cells, seconds: (performance.now() - since) / 1000 });
    // The odd ones are for a look one by one, and do not come back on a carpet.
    if (odd.length) await post("/api/queue/release", { cells: odd, skipped: true });
    $("note").textContent = [say("carpet.done", { n: done.written }), done.left.length ? say("carpet.left", { n: done.left.length }) : ""].join(" ");
    await open(group);
  } catch (problem) {
    $("note").textContent = problem.message;
    count();
  }
}

$("confirm").addEventListener("click", confirm);
setInterval(() => post("/api/queue/renew").catch(() => {}), RENEW_MS);
document.querySelector(".groups")?.addEventListener("click", (event) => {
  const button = event.target.closest(".group");
  if (button) open({ kind: button.dataset.kind, value: button.dataset.value || null }).catch((problem) => { $("note").textContent = problem.message; });
});
$("carpet").addEventListener("keydown", (event) => {
  const here = shown.findIndex(({ button }) => button === document.activeElement);
  if (event.key === "Enter") {
    event.preventDefault();
    if (!event.repeat) confirm();
    return;
  }
  const across = getComputedStyle($("carpet")).gridTemplateColumns.split(" ").length;
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across }[event.key];
  if (by === undefined || here < 0) return;
  event.preventDefault();
  shown[Math.min(Math.max(here + by, 0), shown.length - 1)].button.focus();
});
addEventListener("pagehide", () => post("/api/queue/release", {}, { keepalive: true }).catch(() => {}));
