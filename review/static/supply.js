// Cells to look at: claimed a few ahead, their pages fetched before they are asked for, given back when the page is left.

import { post } from "./api.js";
import { pagePicture } from "./pages.js";

const AHEAD = 6;
const LOW = 4;
export const RENEW_MS = 60_000;

const UNSAVED = 80;

const keyOf = ({ sha256, cell_id }) => ({ sha256, cell_id });
const nameOf = ({ sha256, cell_id }) => `${sha256} ${cell_id}`;

/** The queue as this page sees it. */
export class Supply {
  constructor(wanted) {
    this.wanted = wanted;
    this.ahead = [];
    this.current = null;
    this.answered = [];
    setInterval(() => post("/api/queue/renew").catch(() => {}), RENEW_MS);
    addEventListener("pagehide", () => this.leave());
  }

  /** The next cell, which becomes the current one; null when none waits. */
  async next() {
    this.current = null;
    if (!this.ahead.length) await this.fill();
    this.current = this.ahead.shift() ?? null;
    if (this.ahead.length < LOW) this.fill().catch(() => {});
    return this.current;
  }

  /** The current cell again after `cell`. */
  putBack(cell) {
    if (this.current) this.ahead.unshift(this.current);
    this.current = cell;
  }

  /** Gives a cell back to the end of the queue. */
  skip(cell) {
    return post("/api/queue/release", { cells: [keyOf(cell)], skipped: true });
  }

  async fill() {
    if (this.filling) return this.filling;
    this.filling = this.claim().finally(() => { this.filling = null; });
    return this.filling;
  }

  async claim() {
    // What was just answered may not have arrived yet: the server would give it again.
    const held = () => [this.current, ...this.ahead, ...this.answered.slice(-UNSAVED)].filter(Boolean).map(keyOf);
    const cells = await post("/api/queue/claim", { wanted: this.wanted, count: AHEAD, without: held() });
    const known = new Set(held().map(nameOf));
    const fresh = cells.filter((cell) => !known.has(nameOf(cell)));
    this.ahead.push(...fresh);
    for (const cell of fresh) if (cell.page) pagePicture(cell.record_id, cell.page).catch(() => {});
  }

  leave() {
    post("/api/queue/release", {}, { keepalive: true }).catch(() => {});
  }
}
