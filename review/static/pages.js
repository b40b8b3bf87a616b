// Page pictures: each is fetched once, the next ones before they are asked for.

const KEPT = 12;
const pages = new Map();

/** A promise of the picture of a page. */
export function pagePicture(recordId, number) {
  const path = `/api/records/${recordId}/pages/${number}`;
  const known = pages.get(path);
  if (known) {
    pages.delete(path);
    pages.set(path, known);
    return known;
  }
  const picture = load(path);
  pages.set(path, picture);
  picture.catch(() => pages.delete(path));
  if (pages.size > KEPT) pages.delete(pages.keys().next().value);
  return picture;
}

async function load(path) {
  const answer = await fetch(path, { credentials: "same-origin" });
  if (!answer.ok) {
    const told = await answer.json().catch(() => ({ message: answer.statusText }));
    throw new Error(`${told.message} ${told.remedy ?? ""}`.trim());
  }
  return createImageBitmap(await answer.blob());
}

/** Draws a part of a page, a box in its pixels, as large as fits into a canvas; `mark` is outlined. */
export function drawPart(canvas, picture, [x0, y0, x1, y1], { mark = null, most = 6 } = {}) {
  const { width, height, context } = fitted(canvas);
  context.clearRect(0, 0, width, height);
  const scale = Math.min(width / (x1 - x0), height / (y1 - y0), most * devicePixelRatio);
  const left = (width - (x1 - x0) * scale) / 2;
  const top = (height - (y1 - y0) * scale) / 2;
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, x0, y0, x1 - x0, y1 - y0, left, top, (x1 - x0) * scale, (y1 - y0) * scale);
  if (mark) {
    const [a, b, c, d] = mark;
    outline(context, left + (a - x0) * scale, top + (b - y0) * scale, (c - a) * scale, (d - b) * scale);
  }
}

/** A canvas with as many pixels as it takes up on the screen. */
export function fitted(canvas) {
  const box = canvas.getBoundingClientRect();
  const width = Math.max(1, Math.round(box.width * devicePixelRatio));
  const height = Math.max(1, Math.round(box.height * devicePixelRatio));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  return { width, height, context: canvas.getContext("2d") };
}

/** Outlines a box so that it stands out on paper and on print alike. */
export function outline(context, x, y, width, height, colour = "#d61f1f") {
  context.lineWidth = 5 * devicePixelRatio;
  context.strokeStyle = "rgb(255 255 255 / 70%)";
  context.strokeRect(x, y, width, height);
  context.lineWidth = 2.5 * devicePixelRatio;
  context.strokeStyle = colour;
  context.strokeRect(x, y, width, height);
}

/** A box with so much more on each side, in shares of its height, inside the picture. */
export function around([x0, y0, x1, y1], picture, x, y = x) {
  const height = y1 - y0;
  return [
    Math.max(0, x0 - x * height), Math.max(0, y0 - y * height),
    Math.min(picture.width, x1 + x * height), Math.min(picture.height, y1 + y * height),
  ];
}
