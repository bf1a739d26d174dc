// One figure that lives: a button below the still picture, then the living one in its place.

import { make, megabytes, withCode } from "../dom.js";
import { Interrupted } from "../engine.js";
import { Controls } from "./controls.js";

const PAUSE = 25; // milliseconds without a change before Python is asked

export class Living {
  constructor(still, figure, course) {
    Object.assign(this, { still, figure, course });
    this.frame = still.querySelector(".frame");
    this.button = make("button", { type: "button", onclick: () => this.toggle(), "aria-expanded": "false" }, figure.invitation ?? "Try it");
    this.stop = make("button", { type: "button", class: "stop", hidden: true, onclick: () => this.end() }, "Stop");
    this.note = make("p", { class: "note" });
    this.status = make("p", { class: "status", role: "status" });
    this.place = make("div", { class: "drawing", role: "group", "aria-label": figure.title });
    this.used = make("p", { class: "note used" });
    this.controls = new Controls(figure.controls ?? [], () => this.changed());
    this.element = make("div", { class: "living", hidden: true }, this.place, this.controls.element, this.used);
    this.frame.after(make("div", { class: "try" }, this.button, this.stop, this.note), this.element, this.status);
    course.engine.addEventListener("change", () => this.showCost());
    this.showCost();
    new ResizeObserver(() => this.shown && this.draw()).observe(this.element);
  }

  async toggle() {
    if (!this.element.hidden) return this.showStill();
    if (!this.answer) await this.compute();
    if (this.answer) this.showLiving();
  }

  showStill() {
    this.show(false, this.figure.invitation ?? "Try it");
    this.status.textContent = "";
  }

  showLiving() {
    this.show(true, "Still picture");
    this.draw();
  }

  show(living, text) {
    this.shown = living;
    this.element.hidden = !living;
    this.frame.hidden = living;
    this.button.textContent = text;
    this.button.setAttribute("aria-expanded", `${living}`);
  }

  changed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.compute(), PAUSE);
  }

  /** Ask Python; while it works, only the last change counts. */
  async compute() {
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    const values = { ...this.controls.values };
    try {
      const answer = await this.ask(values);
      this.answer = { ...answer, values };
      if (this.shown) this.draw();
    } catch (error) {
      this.say(error instanceof Interrupted ? "Stopped." : error.message);
    } finally {
      this.busy = this.again && !this.answer ? (this.again = false) : false;
    }
    if (this.again) {
      this.again = false;
      await this.compute();
    }
  }

  async ask(values) {
    const onProgress = (had, total) => this.say(had < total ? `Fetching Python: ${megabytes(had)} of ${megabytes(total)}` : "Starting Python");
    if (this.course.engine.state === "off") {
      this.say("Starting Python");
      this.button.disabled = true;
    }
    try {
      await this.course.ready(onProgress);
      if (!this.answer) this.say("Looking at which of your functions work");
      const { stem, picture: name, seconds = 60 } = this.figure;
      return await this.course.call("figures.compute", { stem, name, values }, { seconds });
    } finally {
      this.button.disabled = false;
    }
  }

  draw() {
    const { value, problem, used, values } = this.answer;
    this.used.replaceChildren(...withCode(whoseThey(used)));
    if (problem) {
      this.say(`Your functions do not get this far: ${problem}`);
      return;
    }
    this.say(this.figure.draw(this.place, value, values, this.controls));
  }

  end() {
    this.course.engine.interrupt();
  }

  say(text) {
    if (this.status.textContent !== text) this.status.textContent = text;
  }

  async showCost() {
    const cost = await this.course.engine.cost();
    this.note.textContent = cost ? `It fetches Python, ${megabytes(cost)}, and keeps it for later.` : "";
  }
}

/** Say whose functions drew a figure. */
function whoseThey(used) {
  const named = (whose) => [...new Set(used.filter((part) => part.whose === whose).map((part) => `\`${part.name}\``))].join(", ");
  const [yours, ours] = [named("yours"), named("reference")];
  if (!ours) return `Drawn by your ${yours}.`;
  return yours ? `Drawn by your ${yours}, and by the reference's ${ours}.` : `Drawn by the reference's ${ours}: yours will take over once it works.`;
}
