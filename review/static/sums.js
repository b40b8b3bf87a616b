// A check evaluated while somebody types: the same rule as the server's mapping/checks.py, on exact decimals.

const SCALE = 6;

/** `terms` of each side as `{kind, value}`; state, sums and residual (left less right), as decimal digits or null. */
export function evaluate(left, right) {
  const [leftSum, rightSum] = [sum(left), sum(right)];
  const found = { left: digits(leftSum), right: digits(rightSum), residual: null };
  if (leftSum === null || rightSum === null) return { ...found, state: "not_assessable" };
  found.residual = digits(leftSum - rightSum);
  const all = [...left, ...right];
  if (leftSum === rightSum) return { ...found, state: has(all, "illegible", "missing") ? "not_assessable" : "holds" };
  const smaller = leftSum < rightSum ? left : right;
  return { ...found, state: has(smaller, "blank", "illegible", "missing") ? "not_assessable" : "violated" };
}

function sum(side) {
  const numbers = side.filter((term) => term.value !== null);
  return numbers.length ? numbers.reduce((total, term) => total + scaled(term.value), 0n) : null;
}

function has(terms, ...kinds) {
  return terms.some((term) => kinds.includes(term.kind));
}

function scaled(value) {
  const [, sign, whole, rest = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(value);
  const number = BigInt(whole + rest.padEnd(SCALE, "0"));
  return sign ? -number : number;
}

function digits(number) {
  if (number === null) return null;
  const text = String(number < 0n ? -number : number).padStart(SCALE + 1, "0");
  const rest = text.slice(-SCALE).replace(/0+$/, "");
  return `${number < 0n ? "-" : ""}${text.slice(0, -SCALE)}${rest ? `.${rest}` : ""}`;
}
