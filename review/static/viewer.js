// The page with its cells marked: dragged, zoomed by wheel or keys, a click tells which box was hit.

import { say } from "./api.js";
import { fitted, outline, pagePicture } from "./pages.js";

const STEP = 1.25;
const CELL_SHARE = 0.16;

/** A page viewer in a section that the server has made. */
export class Viewer {
  /** `pages`: how many the report has, where that is known; `onBox` is called with the box that was clicked. */
  constructor(section, { onBox = () => {} } = {}) {
    this.section = section;
    this.canvas = section.querySelector("canvas.page");
    this.problem = section.querySelector(".viewer-problem");
    this.number = section.querySelector(".page-number");
    this.onBox = onBox;
    this.boxes = () => [];
    this.pages = null;
    this.shown = null;
    this.picture = null;
    this.scale = 1;
    this.left = 0;
    this.top = 0;
    this.listen();
  }

  /** Shows a page of a record with a box marked; null marks none and shows the whole page. */
  async show(recordId, page, bbox, { keepView = false } = {}) {
    const wanted = (this.wanted = { recordId, page });
    try {
      const picture = await pagePicture(recordId, page);
      if (wanted !== this.wanted) return;
      this.problem.hidden = true;
      const same = this.shown && this.shown.recordId === recordId && this.shown.page === page;
      this.shown = { recordId, page };
      this.picture = picture;
      this.bbox = bbox;
      this.canvas.dataset.bbox = bbox?.join() ?? "";
      this.number.textContent = say("desk.page_number", { n: page });
      if (!same || !keepView || !this.isVisible(bbox)) this.fit(bbox);
      this.draw();
    } catch (error) {
      if (wanted !== this.wanted) return;
      this.picture = null;
      this.problem.textContent = say("desk.scan_missing", { message: error.message });
      this.problem.hidden = false;
      this.draw();
    }
  }

  /** Zooms so that a box is read with ease, or the page is seen whole. */
  fit(bbox) {
    if (!this.picture) return;
    const { width, height } = fitted(this.canvas);
    const whole = Math.min(width / this.picture.width, height / this.picture.height);
    this.scale = bbox ? Math.min(Math.max((width * CELL_SHARE) / (bbox[2] - bbox[0]), whole), 3 * devicePixelRatio) : whole;
    const [x, y] = bbox
      ? [(bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2]
      : [this.picture.width / 2, this.picture.height / 2];
    this.left = width / 2 - x * this.scale;
    this.top = height / 2 - y * this.scale;
  }

  /** Between the cell and the whole page. */
  toggle() {
    this.whole = !this.whole;
    this.fit(this.whole ? null : this.bbox);
    this.draw();
  }

  /** Draws what is to be seen now. */
  draw() {
    const { width, height, context } = fitted(this.canvas);
    context.clearRect(0, 0, width, height);
    if (!this.picture) return;
    context.imageSmoothingQuality = "high";
    const { left, top, scale } = this;
    context.drawImage(this.picture, left, top, this.picture.width * scale, this.picture.height * scale);
    for (const { bbox, colour } of this.boxes(this.shown)) {
      context.lineWidth = devicePixelRatio;
      context.strokeStyle = colour;
      context.strokeRect(left + bbox[0] * scale, top + bbox[1] * scale, (bbox[2] - bbox[0]) * scale, (bbox[3] - bbox[1]) * scale);
    }
    if (this.bbox) {
      const [x0, y0, x1, y1] = this.bbox;
      outline(context, left + x0 * scale, top + y0 * scale, (x1 - x0) * scale, (y1 - y0) * scale);
    }
  }

  isVisible(bbox) {
    if (!bbox) return true;
    const { width, height } = fitted(this.canvas);
    const inside = (v, low, high) => v >= low && v <= high;
    return inside(this.left + bbox[0] * this.scale, 0, width) && inside(this.left + bbox[2] * this.scale, 0, width)
      && inside(this.top + bbox[1] * this.scale, 0, height) && inside(this.top + bbox[3] * this.scale, 0, height);
  }

  zoom(factor, x = this.canvas.width / 2, y = this.canvas.height / 2) {
    const scale = Math.min(Math.max(this.scale * factor, 0.05), 12);
    this.left = x - ((x - this.left) * scale) / this.scale;
    this.top = y - ((y - this.top) * scale) / this.scale;
    this.scale = scale;
    this.draw();
  }

  move(x, y) {
    this.left += x;
    this.top += y;
    this.draw();
  }

  async turn(by) {
    if (!this.shown) return;
    const page = this.shown.page + by;
    if (page < 1 || (this.pages !== null && page > this.pages)) return;
    const marked = this.marked;
    await this.show(this.shown.recordId, page, marked && marked.page === page ? marked.bbox : null);
  }

  listen() {
    const actions = {
      in: () => this.zoom(STEP), out: () => this.zoom(1 / STEP), previous: () => this.turn(-1), next: () => this.turn(1),
      cell: () => { this.fit(this.bbox); this.draw(); }, page: () => { this.fit(null); this.draw(); },
    };
    this.section.addEventListener("click", (event) => actions[event.target.dataset?.view]?.());
    this.canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      const box = this.canvas.getBoundingClientRect();
      const at = [(event.clientX - box.left) * devicePixelRatio, (event.clientY - box.top) * devicePixelRatio];
      this.zoom(event.deltaY < 0 ? STEP : 1 / STEP, ...at);
    }, { passive: false });
    this.canvas.addEventListener("keydown", (event) => this.onKey(event));
    this.listenToPointer();
    new ResizeObserver(() => { this.fit(this.bbox); this.draw(); }).observe(this.canvas);
  }

  listenToPointer() {
    let from = null;
    this.canvas.addEventListener("pointerdown", (event) => {
      from = { x: event.clientX, y: event.clientY, moved: 0 };
      this.canvas.setPointerCapture(event.pointerId);
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (!from) return;
      const [x, y] = [event.clientX - from.x, event.clientY - from.y];
      from = { x: event.clientX, y: event.clientY, moved: from.moved + Math.abs(x) + Math.abs(y) };
      this.move(x * devicePixelRatio, y * devicePixelRatio);
    });
    this.canvas.addEventListener("pointerup", (event) => {
      if (from && from.moved < 5) this.hit(event);
      from = null;
    });
  }

  hit(event) {
    const box = this.canvas.getBoundingClientRect();
    const x = ((event.clientX - box.left) * devicePixelRatio - this.left) / this.scale;
    const y = ((event.clientY - box.top) * devicePixelRatio - this.top) / this.scale;
    const found = this.boxes(this.shown).find(({ bbox }) => x >= bbox[0] && x <= bbox[2] && y >= bbox[1] && y <= bbox[3]);
    if (found) this.onBox(found);
  }

  onKey(event) {
    const far = 60 * devicePixelRatio;
    const moves = { ArrowLeft: [far, 0], ArrowRight: [-far, 0], ArrowUp: [0, far], ArrowDown: [0, -far] };
    if (moves[event.key]) this.move(...moves[event.key]);
    else if (event.key === "+" || event.key === "=") this.zoom(STEP);
    else if (event.key === "-") this.zoom(1 / STEP);
    else if (event.key === "PageDown") this.turn(1);
    else if (event.key === "PageUp") this.turn(-1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
