// The exercise in the page: its editor, its buttons and what they answer.

import data from "course-data";
import { Curve } from "./curve.js";
import { make, megabytes, withCode } from "./dom.js";
import { makeEditor } from "./editor.js";
import { Interrupted, TookTooLong } from "./engine.js";
import { firstLine } from "./parts.js";
import { comparison, report } from "./report.js";
import { NOT_KEPT } from "./store.js";

const NOT_COUNTED = "It was stopped before the points were counted: press Check again.";
const SAVE_AFTER = 300; // milliseconds without a key
const LONG = 30; // seconds after which the reader is told of the way out

export class Exercise {
  constructor(box, course) {
    Object.assign(this, { box, course, stem: box.dataset.stem, name: box.dataset.function });
    this.hints = [...box.querySelectorAll("details.hint")];
    this.editor = this.makeEditor();
    this.makeButtons();
    this.notice = make("p", { class: "note size" });
    this.status = make("p", { class: "status", role: "status" });
    this.output = make("div", { class: "answer-area", "aria-live": "polite" });
    this.trial = this.makeTrial();
    const bar = make("div", { class: "buttons", role: "group", "aria-label": `${this.name}: what to do` }, ...this.buttons);
    box.querySelector(".stub").replaceWith(this.editor.dom, bar, this.notice, this.trial.element, this.status, this.output);
    box.querySelector(".command")?.replaceChildren(...withCode(`Or write it in \`exercises/${this.stem}.py\`, then \`grade run ${this.chapter.id}\`.`));
    course.store.addEventListener("change", ({ detail }) => detail === `${this.stem}.py` && this.refresh());
    course.store.addEventListener("lost", () => this.editor.dom.after(make("p", { class: "note" }, NOT_KEPT)));
    course.engine.addEventListener("change", () => this.showState());
    this.showState();
  }

  get chapter() {
    return data.chapters.find((chapter) => chapter.stem === this.stem);
  }

  makeEditor() {
    let timer = null;
    this.save = () => {
      clearTimeout(timer);
      timer = null;
      this.course.store.setPart(this.stem, this.name, this.editor.text);
    };
    this.unsaved = () => timer !== null;
    // At once when the reader leaves: another tab may show the same function, or work.js may replace it.
    for (const turn of ["blur", "visibilitychange", "pagehide", "settle"]) addEventListener(turn, () => this.unsaved() && this.save());
    return makeEditor({
      text: this.course.store.part(this.stem, this.name),
      label: `Python code of ${this.name}. Escape, then Tab, leaves the editor; Control-Enter checks.`,
      firstLine: firstLine(this.course.store.file(this.stem), this.name),
      onChange: () => {
        clearTimeout(timer);
        timer = setTimeout(this.save, SAVE_AFTER);
      },
      onCheck: () => this.check(),
    });
  }

  /** Show what another tab, or another editor of the page, has changed. */
  refresh() {
    if (!this.unsaved()) this.editor.setText(this.course.store.part(this.stem, this.name));
    this.editor.setFirstLine(firstLine(this.course.store.file(this.stem), this.name));
  }

  makeButtons() {
    const button = (text, act, more = {}) => make("button", { type: "button", onclick: () => act.call(this), ...more }, text);
    this.checkButton = button("Check", this.check, { class: "primary", title: "Ctrl-Enter" });
    this.runButton = button("Run", this.openTrial, { title: "Try the function out" });
    this.hintButton = button("Hint", this.hint);
    this.resetButton = button("Reset", this.reset, { title: "The original stub again" });
    this.stopButton = button("Stop", this.stop, { class: "stop", hidden: true });
    this.hintButton.hidden = !this.hints.length;
    this.buttons = [this.checkButton, this.runButton, this.hintButton, this.resetButton, this.stopButton];
  }

  makeTrial() {
    const editor = makeEditor({
      text: `import numpy as np\n\nprint(${this.name})\n`,
      label: `Code to try ${this.name} out. Escape, then Tab, leaves the editor; Control-Enter runs it.`,
      onChange: () => {},
      onCheck: () => this.run(),
    });
    const example = /^ *>>> (.*(?:\n *\.\.\. .*)*(?:\n *>>> .*)*)/m.exec(this.course.store.stub(this.stem, this.name));
    if (example) editor.setText(trialOf(example[0]));
    const run = make("button", { type: "button", onclick: () => this.run() }, "Run this");
    const help = make("p", { class: "note" }, ...withCode("All functions of the chapter are there. `print` shows values, `matplotlib.pyplot` draws."));
    const element = make("div", { class: "trial", hidden: true }, help, editor.dom, run);
    return { element, editor, run };
  }

  openTrial() {
    this.trial.element.hidden = !this.trial.element.hidden;
    this.runButton.setAttribute("aria-expanded", `${!this.trial.element.hidden}`);
    if (!this.trial.element.hidden) this.trial.editor.focus();
  }

  hint() {
    const next = this.hints.find((part) => !part.open);
    if (next) next.open = true;
    (next ?? this.hints.at(-1)).querySelector("summary").focus();
  }

  reset() {
    const stub = this.course.store.stub(this.stem, this.name);
    const before = this.editor.text;
    if (before === stub) return;
    this.editor.setText(stub);
    this.save();
    const undo = make("button", { type: "button", onclick: () => this.undo(before) }, "Undo");
    this.output.replaceChildren(make("p", {}, "The stub is back. ", undo));
  }

  undo(text) {
    this.editor.setText(text);
    this.save();
    this.output.replaceChildren();
    this.editor.focus();
  }

  async check() {
    this.save();
    await this.work("Checking", this.course.store.text(this.stem), async (options) => {
      let shown = null;
      const onEvent = (event) => {
        options.onEvent(event);
        if (!event.verdict) return;
        shown = event.verdict;
        this.show(shown, options);
        this.word = "Checking what builds on it";
      };
      const verdict = await this.course.checkAndRecord(this.stem, this.name, { ...options, onEvent }).catch((error) => {
        if (shown) return shown;
        throw error;
      });
      if (!shown) this.show(verdict, options);
      else if (!verdict.progress) this.output.append(make("p", { class: "note" }, NOT_COUNTED));
      else if (verdict.status === "passed") await this.compare(options);
    });
  }

  show(verdict, options) {
    this.output.replaceChildren(report(verdict), ...this.curveOf(options));
    if (verdict.hint) this.output.append(hintOf(verdict.hint));
    this.output.querySelector(".verdict-line").scrollIntoView({ block: "nearest" });
  }

  async compare({ signal }) {
    const source = this.course.store.text(this.stem);
    try {
      const beside = await this.course.call("comparing.compare", { stem: this.stem, name: this.name, source }, { signal });
      this.output.append(comparison(beside));
    } catch (error) {
      if (!(error instanceof Interrupted)) console.warn(error);
    }
  }

  async run() {
    this.save();
    const printed = make("pre", { class: "printed", tabindex: "0", hidden: true });
    const source = this.course.store.text(this.stem);
    const code = this.trial.editor.text;
    await this.work("Running", source + code, async (options) => {
      const shown = [printed, options.curve.element];
      this.output.replaceChildren(...shown);
      const args = { stem: this.stem, source, code };
      const onEvent = (event) => {
        options.onEvent(event);
        if (event.printed) {
          printed.hidden = false;
          printed.append(event.printed);
        }
      };
      const { error, pictures } = await this.course.call("running.run", args, { ...options, onEvent });
      if (error) this.output.append(make("pre", { class: "error", tabindex: "0" }, error));
      for (const picture of pictures) this.output.append(pictureOf(picture));
      if (!error && !pictures.length && printed.hidden) this.output.append(make("p", { class: "note" }, ...withCode("It ran, and printed nothing: `print(...)` shows a value.")));
      this.output.scrollIntoView({ block: "nearest" });
    });
  }

  /**
   * Do something with Python, with its progress shown and its faults told in a sentence. Another
   * press meanwhile comes next, unless it is the same press again: `subject` is what it is about.
   */
  async work(word, subject, act) {
    if (this.busy) {
      const same = this.busy === word + subject;
      this.next = same ? null : () => this.work(word, subject, act);
      return;
    }
    this.busy = word + subject;
    this.stopping = new AbortController();
    const curve = new Curve();
    this.output.replaceChildren(curve.element);
    const begun = performance.now();
    this.word = "Starting Python";
    const tick = setInterval(() => this.tell(begun), 500);
    const onEvent = (event) => {
      if (event.waits) this.word = "Waiting for what this page already runs";
      if (event.begins) this.word = word;
      if (event.place) this.place = event.place;
      if (event.losses) curve.add(event.losses);
    };
    const onProgress = (had, total) => (this.word = had < total ? `Fetching Python, ${megabytes(had)} of ${megabytes(total)}` : "Starting Python");
    this.showState();
    this.say(this.course.engine.state === "ready" ? word : this.word);
    this.status.scrollIntoView({ block: "nearest" });
    try {
      await act({ onEvent, onProgress, curve, signal: this.stopping.signal });
    } catch (error) {
      const printed = this.output.querySelectorAll(".printed:not([hidden])");
      this.output.replaceChildren(...printed, make("div", { class: "report failing" }, ...sentence(error)), ...this.curveOf({ curve }));
    } finally {
      this.say("");
      clearInterval(tick);
      this.busy = this.place = null;
      this.showState();
    }
    const next = this.next;
    this.next = null;
    await next?.();
  }

  stop() {
    this.next = null;
    this.stopping?.abort();
  }

  curveOf({ curve }) {
    return curve.losses.length ? [curve.element] : [];
  }

  tell(begun) {
    const seconds = Math.floor((performance.now() - begun) / 1000);
    if (seconds < 1) return;
    const where = this.place ? `, in line ${this.place.line} of ${this.place.file}` : "";
    const more = this.next ? ". Your last press comes next" : seconds >= LONG ? ". Stop ends it" : "";
    this.say(`${this.word}: ${seconds} s${where}${more}`);
  }

  say(text) {
    if (this.status.textContent !== text) this.status.textContent = text;
  }

  async showState() {
    if (!this.busy && document.activeElement === this.stopButton) this.checkButton.focus();
    this.stopButton.hidden = !this.busy;
    const cost = await this.course.engine.cost();
    this.notice.textContent = cost ? `The first check fetches Python, ${megabytes(cost)}, and keeps it for later.` : "";
  }
}

function trialOf(example) {
  const lines = example.split("\n").map((line) => line.replace(/^ *(>>>|\.\.\.) ?/, ""));
  const [, last, comment] = /^(.*?)(\s+# .*)?$/.exec(lines.pop());
  const statement = /^\w+(, *\w+)* = |^(for|if|import|from|with|print)\b/.test(last);
  return ["import numpy as np", "", ...lines, (statement ? last : `print(${last})`) + (comment ?? ""), ""].join("\n");
}

function sentence(error) {
  if (error instanceof Interrupted) return [make("p", {}, "Stopped. Python restarts with the next check.")];
  if (error instanceof TookTooLong) return [make("p", {}, ...withCode(`It was still running after ${error.seconds} s and was stopped.`))];
  return [make("p", {}, ...withCode(error.message))];
}

const hintOf = (text) => make("details", { class: "hint" }, make("summary", {}, "A hint for this mistake"), ...text.trim().split("\n\n").map((part) => make(part.startsWith("    ") ? "pre" : "p", {}, ...withCode(part))));

function pictureOf(svg) {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  return make("img", { class: "drawn", src: url, alt: "A picture drawn by your code" });
}
