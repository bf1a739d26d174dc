// One figure that lives: a button below the still picture, then the living one in its place.

import { Curve } from "../curve.js";
import { make, megabytes, withCode } from "../dom.js";
import { Interrupted } from "../engine.js";
import { PROGRESS } from "../store.js";
import { Controls } from "./controls.js";

const PAUSE = 25; // milliseconds in which changes are gathered before Python is asked

export class Living {
  constructor(still, figure, course) {
    Object.assign(this, { still, figure, course });
    this.stills = [...still.querySelectorAll(".frame, .caption")];
    this.invitation = figure.invitation ?? "Try it";
    this.button = make("button", { type: "button", onclick: () => this.toggle(), "aria-expanded": "false" }, this.invitation);
    this.stop = make("button", { type: "button", class: "stop", hidden: true, onclick: () => this.stopping.abort() }, "Stop");
    this.training = make("div", {});
    this.note = make("p", { class: "note" });
    this.status = make("p", { class: "status", role: "status" });
    this.place = make("div", { class: "drawing", role: "group", "aria-label": figure.title });
    this.used = make("p", { class: "note used" });
    this.controls = new Controls(figure.controls ?? [], () => this.changed());
    this.element = make("div", { class: "living", hidden: true }, this.place, this.controls.element, this.used);
    this.stills[0].after(make("div", { class: "try" }, this.button, this.stop, this.note), this.element, this.status, this.training);
    course.store.addEventListener("change", ({ detail }) => detail === PROGRESS && this.refresh());
    course.engine.addEventListener("change", () => this.showCost());
    this.showCost();
    new ResizeObserver(() => this.shown && this.draw()).observe(this.element);
  }

  async toggle() {
    if (!this.element.hidden) return this.showStill();
    if (!this.answer || this.stale) await this.compute();
    if (this.answer) this.showLiving();
  }

  showStill() {
    this.show(false, this.invitation);
    this.status.textContent = "";
  }

  showLiving() {
    this.show(true, "Still picture");
    this.draw();
  }

  show(living, text) {
    this.shown = living;
    this.element.hidden = !living;
    for (const part of this.stills) part.hidden = living;
    this.button.textContent = text;
    this.button.setAttribute("aria-expanded", `${living}`);
  }

  changed() {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.compute();
    }, PAUSE);
  }

  /** A function has been graded: another one may draw the figure now. */
  refresh() {
    if (this.shown && !this.figure.drawOnce) this.changed();
    else this.stale = true;
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
      this.stale = this.drawn = false;
      if (this.shown) this.draw();
    } catch (error) {
      this.say(error instanceof Interrupted ? "Stopped." : error.message);
    } finally {
      this.busy = false;
    }
    if (this.again) {
      this.again = false;
      await this.compute();
    }
  }

  async ask(values) {
    const { stem, picture: name, seconds = 60, waiting = "Looking at which of your functions work" } = this.figure;
    const [call, args] = this.figure.call ?? ["figures.compute", { stem, name, values }];
    const onProgress = (had, total) => this.say(had < total ? `Fetching Python: ${megabytes(had)} of ${megabytes(total)}` : "Starting Python");
    const curve = new Curve();
    const onEvent = ({ waits, begins, losses }) => {
      if (!this.shown && waits) this.say("Waiting for what this page already runs");
      if (!this.shown && begins) this.say(waiting);
      if (losses && this.figure.call) curve.add(losses);
    };
    this.stopping = new AbortController();
    if (this.course.engine.state === "off") this.say("Starting Python");
    try {
      this.waitFor(curve);
      const answer = await this.course.call(call, args, { seconds, onEvent, onProgress, signal: this.stopping.signal });
      this.course.keepForOffline();
      return this.figure.call ? { value: answer, used: answer.used } : answer;
    } finally {
      this.waitFor(null);
    }
  }

  /** Let the reader wait, or stop waiting; while a figure is shown, it stays as it is. */
  waitFor(curve) {
    const waits = Boolean(curve) && !this.shown;
    this.button.disabled = waits;
    this.stop.hidden = !waits;
    this.training.replaceChildren(...(waits ? [curve.element] : []));
  }

  draw() {
    const { value, problem, used, values } = this.answer;
    if (this.drawn && this.figure.drawOnce) return;
    this.drawn = true;
    this.used.replaceChildren(...withCode(whoseThey(used, this.figure.made)));
    if (problem) {
      this.say(`Your functions do not get this far: ${problem}`);
      return;
    }
    const { controls, course } = this;
    this.say(this.figure.draw(this.place, value, { values, controls, course }));
  }

  say(text) {
    if (this.status.textContent !== text) this.status.textContent = text;
  }

  async showCost() {
    const cost = await this.course.engine.cost();
    this.note.textContent = cost ? `It fetches Python, ${megabytes(cost)}, and keeps it for later.` : "";
  }
}

const MOST_NAMED = 4;

/** Say whose functions a figure is made with; `used` begins with the earliest chapter's. */
function whoseThey(used, made = "Drawn with") {
  const named = (whose) => {
    const names = [...new Set(used.filter((part) => part.whose === whose).map((part) => `\`${part.name}\``))].reverse();
    const more = names.length - MOST_NAMED;
    return more > 1 ? `${names.slice(0, MOST_NAMED).join(", ")} and ${more} more` : names.join(", ");
  };
  const [yours, ours] = [named("yours"), named("reference")];
  if (!ours) return `${made} your ${yours}.`;
  return yours ? `${made} your ${yours}, and with the reference's ${ours}.` : `${made} the reference's ${ours}: your own code takes over once it works.`;
}
