// Answers on their way: nobody waits for saving, and nothing is dropped when the server is away for a while.

import { person, post, Problem } from "./api.js";

const AGAIN_MS = 2000;
// Nobody's answers are sent under another name.
const STORE = `gouji-outbox ${person}`;
// Logged out, another session's token, too fast: not a word about the answer itself.
const NOT_ABOUT_IT = [401, 403, 429];

/** Sends answers one after the other, those again that did not arrive; they outlive the page being reloaded. */
export class Outbox {
  /** `onChange` gets what is still to be sent, `onRefused` an answer with the problem that the server told. */
  constructor({ onChange = () => {}, onSent = () => {}, onRefused = () => {} }) {
    Object.assign(this, { onChange, onSent, onRefused, trouble: false, sending: false });
    this.waiting = JSON.parse(sessionStorage.getItem(STORE) ?? "[]");
    addEventListener("beforeunload", (event) => {
      if (this.waiting.length) event.preventDefault();
    });
    this.send();
  }

  /** Takes an answer: where it goes, what it says, and what the page wants to know of it later. */
  put(path, body, about) {
    this.waiting.push({ path, body, about });
    this.changed();
    return this.send();
  }

  /** Everything sent, or refused. */
  async empty() {
    while (this.waiting.length) await new Promise((done) => setTimeout(done, 20));
  }

  async send() {
    if (this.sending) return;
    this.sending = true;
    while (this.waiting.length) {
      const first = this.waiting[0];
      try {
        const answered = await post(first.path, first.body);
        this.trouble = false;
        this.done();
        this.onSent(first, answered);
      } catch (error) {
        // The server's word is final; anything else is a server that is away.
        if (error instanceof Problem && error.status < 500 && !NOT_ABOUT_IT.includes(error.status)) {
          this.done();
          this.onRefused(first, error);
        } else {
          this.trouble = error.status === 401 || error.status === 403 ? "login" : "away";
          this.changed();
          await new Promise((again) => setTimeout(again, AGAIN_MS));
        }
      }
    }
    this.sending = false;
  }

  done() {
    this.waiting.shift();
    this.changed();
  }

  changed() {
    sessionStorage.setItem(STORE, JSON.stringify(this.waiting));
    this.onChange(this.waiting.length, this.trouble);
  }
}
