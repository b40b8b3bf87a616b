// From what is typed to what a cell prints, and back. Nothing is guessed: what is neither a number nor a mark is refused.

const NUMBER = /^-?\d{1,15}(\.\d{1,6})?$/;
const GROUPED = /^-?\d{1,3}(,\d{3})+(\.\d+)?$/;
const NOT_APPLICABLE = new Set(["/", "-", "—", "——", "无"]);

/** What was typed as `{kind, value}`; null when it is empty or no number. Full-width digits of an input method are digits. */
export function parse(typed) {
  const text = typed.normalize("NFKC").replace(/\s/g, "").replace(/，/g, ",");
  if (NOT_APPLICABLE.has(text)) return { kind: "not_applicable", value: null };
  const digits = GROUPED.test(text) ? text.replaceAll(",", "") : text;
  return NUMBER.test(digits) ? { kind: "number", value: plain(digits) } : null;
}

/** What stands in the edit box for a content. */
export function print({ kind, value }) {
  if (kind === "number") return value;
  return kind === "not_applicable" ? "/" : "";
}

/** Without leading zeros: `007` is 7. */
function plain(digits) {
  const [, sign, whole, rest] = /^(-?)0*(\d+)(\.\d+)?$/.exec(digits);
  return `${sign}${whole}${rest ?? ""}`;
}
