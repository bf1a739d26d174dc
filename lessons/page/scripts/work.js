// "Your work": the points so far, and the ways in and out of this browser.

import data from "course-data";
import { make, withCode } from "./dom.js";
import { chapters, NOT_KEPT, PROGRESS, RESULTS } from "./store.js";
import { unzip, zip } from "./zip.js";

const FOLDER = "learn-deep-learning";
const README = `# Your course

Grade it with the terminal's grader: in this folder, run \`grade\` or \`grade run all\`.
`;

export class Work {
  constructor(store) {
    this.store = store;
    this.summary = make("summary", {});
    this.said = make("p", { role: "status" });
    const button = (text, act) => make("button", { type: "button", onclick: () => act.call(this) }, text);
    this.picker = make("input", { type: "file", multiple: true, accept: ".zip,.py,.json", hidden: true, "aria-label": "Files to open", onchange: () => this.open() });
    const rows = [
      [button("Download my course", this.download), "Saves your files and your progress as a zip. Unzip it and run `grade` in its folder."],
      [button("Hand in", this.handIn), "Saves the zip that you hand in to your instructor."],
      [button("Open", () => this.picker.click()), "Opens a zip, chapter files or a progress file that was saved here or made in the terminal."],
      [button("Export progress", this.exportProgress), `Saves the file \`${PROGRESS}\` alone.`],
      [button("Clear", this.clear), "Deletes your functions and your progress from this browser."],
    ];
    const list = rows.flatMap(([control, text]) => [make("dt", {}, control), make("dd", {}, ...withCode(text))]);
    this.element = make("details", { class: "your-work" }, this.summary, make("dl", {}, ...list), this.picker, this.said);
    store.addEventListener("change", () => this.show());
    store.addEventListener("lost", () => this.say(NOT_KEPT));
    this.show();
  }

  show() {
    const { score, max_score } = this.store.state();
    this.summary.textContent = `Your work: ${score} of ${max_score} points`;
  }

  say(text, ...more) {
    this.said.replaceChildren(text, ...more);
    if (text) this.element.open = true;
  }

  /** Say what has replaced or deleted the reader's work, with a way back. */
  sayWithUndo(text, before) {
    const undo = () => {
      this.store.restore(before);
      this.say("Your work is as it was before.");
    };
    this.say(`${text} `, make("button", { type: "button", onclick: undo }, "Undo"));
  }

  courseFiles() {
    const files = [...chapters.keys()].map((stem) => [`exercises/${stem}.py`, this.store.text(stem)]);
    return [...files, ...Object.entries(data.whole).map(([name, text]) => [`exercises/${name}`, text])];
  }

  download() {
    const progress = this.store.get(PROGRESS);
    const files = [...this.courseFiles(), ["README.md", README], ...(progress ? [[PROGRESS, progress]] : [])];
    save(zip(files.map(([path, text]) => [`${FOLDER}/${path}`, text])), `${FOLDER}.zip`);
  }

  handIn() {
    const begun = [...this.store.files()].filter(([path]) => path.startsWith("exercises/"));
    if (!begun.length) return this.say("There is nothing to hand in yet.");
    save(zip(begun), "hand-in.zip");
  }

  exportProgress() {
    const progress = this.store.get(PROGRESS);
    if (!progress) return this.say("There is no progress yet: check a function first.");
    save(new Blob([progress], { type: "application/json" }), PROGRESS);
  }

  clear() {
    if (!confirm("Delete your functions and your progress from this browser?")) return;
    const before = this.settled();
    this.store.clear();
    this.sayWithUndo("Everything is deleted.", before);
  }

  async open() {
    const opened = new Map();
    try {
      for (const file of this.picker.files) {
        const bytes = new Uint8Array(await file.arrayBuffer());
        if (file.name.endsWith(".zip")) for (const [path, content] of await unzip(bytes)) opened.set(path, content);
        else opened.set(file.name, bytes);
      }
      const before = this.settled();
      const sentence = this.take(opened);
      if (sentence) this.sayWithUndo(sentence, before);
      else this.say("There is no chapter file and no progress in it.");
    } catch (error) {
      this.say(`This file cannot be opened: ${error.message}`);
    }
    this.picker.value = "";
  }

  /** Save what was typed a moment ago, and return all that is kept, for Undo. */
  settled() {
    dispatchEvent(new Event("settle"));
    return this.store.snapshot();
  }

  /** Take over what of these files belongs to the course; return a sentence, or null. */
  take(files) {
    const decoder = new TextDecoder();
    const found = new Map(); // of a whole kit, the solutions and the like have the same names
    let progress = null;
    for (const [path, content] of files) {
      const [name, folder] = path.split("/").reverse();
      const stem = name.replace(/\.py$/, "");
      if (chapters.has(stem) && name.endsWith(".py")) {
        if (folder === "exercises" || !found.has(stem)) found.set(stem, content);
      } else if (name.endsWith(".json") && !progress) progress = readProgress(decoder.decode(content));
    }
    if (!found.size && !progress) return null;
    for (const [stem, content] of found) this.store.setText(stem, decoder.decode(content));
    if (progress) this.takeProgress(progress);
    const parts = [found.size ? `${found.size} chapter file${found.size > 1 ? "s" : ""}` : "", progress ? "the progress" : ""];
    return `Opened ${parts.filter(Boolean).join(" and ")}.`;
  }

  takeProgress(progress) {
    const submission = progress.submissions.exercises ?? Object.values(progress.submissions)[0];
    const document = { ...progress, submissions: { exercises: submission } };
    this.store.set(PROGRESS, JSON.stringify(document));
    this.store.set(RESULTS, null);
    const graded = submission?.chapters ?? {};
    const score = Object.values(graded).reduce((sum, entry) => sum + (entry.score || 0), 0);
    this.store.set("state", JSON.stringify({ score, chapters: graded }));
  }
}

function readProgress(text) {
  const progress = JSON.parse(text);
  return progress && typeof progress.submissions === "object" ? progress : null;
}

function save(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
