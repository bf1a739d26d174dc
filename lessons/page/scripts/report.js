// Lays a verdict out for reading: the call, expected and got with the first difference marked,
// the likely cause, the next step.

import { make, withCode } from "./dom.js";
import { chapters } from "./store.js";

const WORDS = {
  passed: "Passed",
  failed: "Not yet",
  error: "It raises an error",
  todo: "Still to write",
  timeout: "It does not end",
  crashed: "It broke Python",
};
const COLUMN = 12; // of a detail's text, after its label
const PROSE = ["where", "note", "likely", "next"];
const ENTRY = /\b(?:u?int|float|bool|complex)\d*\b|-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|\b(?:nan|inf|True|False)\b/gi;
const UNSEEN = "Floating-point warnings, such as that of an overflow, cannot be seen here: `grade run` in the terminal checks those too.";

/** Return the element of a verdict as `checking.check` gives it. */
export function report(verdict, { finished = true } = {}) {
  const mark = verdict.status === "passed" ? "passed" : verdict.works ? "works" : "failing";
  const word = verdict.status !== "passed" && verdict.works ? `It works; ${verdict.left}` : WORDS[verdict.status];
  const points = `${verdict.score} of ${verdict.max_score} points`;
  const children = [make("p", { class: "verdict-line" }, make("strong", {}, word), ` ${points}`)];
  if (verdict.sentence) children.push(make("p", {}, ...withCode(verdict.sentence)));
  if (verdict.built_on?.length) children.push(builtOn(verdict.built_on));
  const [main, ...others] = verdict.checks;
  if (main) children.push(failure(main));
  if (others.length && verdict.status !== "todo") children.push(more(others));
  if (verdict.status === "passed" && finished && verdict.silent) children.push(make("p", { class: "note" }, ...withCode(UNSEEN)));
  return make("div", { class: `report ${mark}` }, ...children);
}

function builtOn(parts) {
  const named = (whose) =>
    parts.filter((part) => part.whose === whose).map(({ stem, name }) => `\`${name}\` (${chapters.get(stem).id})`);
  const [yours, ours] = [named("yours"), named("reference")];
  const list = (names) => names.join(", ");
  const text = [yours.length ? `your ${list(yours)}` : "", ours.length ? `the reference's ${list(ours)}` : ""];
  return make("p", { class: "built-on" }, ...withCode(`Built on ${text.filter(Boolean).join(" and ")}.`));
}

function more(checks) {
  const named = checks.slice(0, 2).map((check) => check.name.replaceAll("_", " "));
  const summary = `and ${checks.length} more: ${[...named, ...(checks.length > 2 ? ["..."] : [])].join("; ")}`;
  return make("details", {}, make("summary", {}, summary), ...checks.map(failure));
}

function failure(check) {
  const [headline, ...rest] = check.lines;
  const details = rest.map((line) => [line.slice(0, COLUMN).trim(), line.slice(COLUMN).replaceAll(`\n${" ".repeat(COLUMN)}`, "\n")]);
  const marked = markDifference(Object.fromEntries(details));
  const rows = details.flatMap(([label, text]) => [
    make("dt", {}, label),
    make("dd", { class: label.replace(" ", "-") }, PROSE.includes(label) ? prose(text) : code(marked[label] ?? [text])),
  ]);
  return make(
    "div",
    { class: "failure" },
    make("p", { class: "check-name" }, check.name.replaceAll("_", " ")),
    make("p", { class: "headline" }, ...withCode(headline)),
    make("dl", {}, ...rows),
  );
}

const prose = (text) => make("p", {}, ...withCode(text.replace(/\s+/g, " ")));
const code = (nodes) => make("pre", { tabindex: "0" }, ...nodes);

/** Mark the first dtype or number in which `expected` and `got` differ. */
function markDifference({ expected, got }) {
  if (!expected || !got) return {};
  const [wanted, given] = [expected, got].map((text) => [...text.matchAll(ENTRY)]);
  if (wanted.length !== given.length) return {};
  const at = wanted.findIndex((match, index) => !isSame(match[0], given[index][0]));
  if (at < 0) return {};
  return { expected: marked(expected, wanted[at]), got: marked(got, given[at]) };
}

const isSame = (one, other) => one === other || Number(one) === Number(other);

function marked(text, match) {
  const end = match.index + match[0].length;
  return [text.slice(0, match.index), make("mark", {}, match[0]), text.slice(end)];
}

/** Return the element that puts a passed function beside the reference's. */
export function comparison({ rows, notes, speed }) {
  const cell = (text, mark) => make("td", { class: mark.trim() ? "differs" : null }, make("code", {}, text ?? ""));
  const lines = rows.map(([mark, left, right]) => make("tr", {}, cell(left, mark), cell(right, mark)));
  const head = make("tr", {}, make("th", { scope: "col" }, "yours"), make("th", { scope: "col" }, "the reference's"));
  return make(
    "details",
    { class: "comparison" },
    make("summary", {}, "Yours next to the reference's"),
    make("div", { class: "sides", tabindex: "0", role: "region", "aria-label": "both functions" }, make("table", {}, make("thead", {}, head), make("tbody", {}, ...lines))),
    ...notes.map((note) => make("p", {}, ...withCode(note))),
    speed ? make("p", { class: "speed" }, ...withCode(speed)) : null,
  );
}
