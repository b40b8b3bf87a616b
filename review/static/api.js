// What the desk asks of the server. Every change carries the session's CSRF token.

const session = JSON.parse(document.getElementById("session").textContent);
const words = JSON.parse(document.getElementById("words").textContent);

/** A problem that the server told: `status`, `category`, and a message that says what to do. */
export class Problem extends Error {
  constructor(status, told) {
    super(`${told.message} ${told.remedy ?? ""}`.trim());
    this.status = status;
    this.category = told.category;
  }
}

/** Who is logged in. */
export const person = session.person;

/** A word of the page's language, with what stands in braces filled in. */
export function say(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** What the server answers, as data. */
export function get(path) {
  return send("GET", path);
}

/** Sends data; `keepalive` lets it arrive also when the page is being left. */
export function post(path, body = {}, { keepalive = false } = {}) {
  return send("POST", path, { body: JSON.stringify(body), keepalive, type: "application/json" });
}

/** Sends a file as it is. */
export function postFile(path, file) {
  return send("POST", path, { body: file, type: "application/octet-stream" });
}

/** A new key: an answer that is sent twice is written once. */
export function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
}

async function send(method, path, { body, keepalive = false, type } = {}) {
  const headers = method === "GET" ? {} : { "X-CSRF-Token": session.csrf, "Content-Type": type };
  const answer = await fetch(path, { method, headers, body, keepalive, credentials: "same-origin" });
  const told = await answer.json().catch(() => null);
  if (!answer.ok) throw new Problem(answer.status, told ?? { category: "unknown", message: answer.statusText });
  // Not the desk's answer, a proxy's perhaps: nothing was saved.
  if (told === null) throw new Error(answer.statusText);
  return told;
}
