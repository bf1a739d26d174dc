// The losses of a training run, drawn while it goes on.

import { make } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, PAD] = [560, 150, 8];
const MOST_POINTS = 400;

export class Curve {
  constructor() {
    this.losses = [];
    this.caption = make("figcaption", {});
    this.line = document.createElementNS(SVG, "polyline");
    const drawing = document.createElementNS(SVG, "svg");
    for (const [name, value] of Object.entries({ viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" })) drawing.setAttribute(name, value);
    drawing.append(this.line);
    this.element = make("figure", { class: "loss-curve", hidden: true }, drawing, this.caption);
  }

  add(losses) {
    this.losses.push(...losses.filter(Number.isFinite));
    if (!this.losses.length) return;
    this.element.hidden = false;
    const step = Math.ceil(this.losses.length / MOST_POINTS);
    const shown = [];
    for (let at = 0; at < this.losses.length; at += step) {
      const part = this.losses.slice(at, at + step);
      shown.push(part.reduce((sum, loss) => sum + loss, 0) / part.length);
    }
    const top = Math.max(...shown);
    const bottom = Math.min(0, ...shown);
    const x = (index) => PAD + ((WIDTH - 2 * PAD) * index) / Math.max(1, shown.length - 1);
    const y = (loss) => HEIGHT - PAD - ((HEIGHT - 2 * PAD) * (loss - bottom)) / (top - bottom || 1);
    this.line.setAttribute("points", shown.map((loss, index) => `${x(index).toFixed(1)},${y(loss).toFixed(1)}`).join(" "));
    const [first, last] = [this.losses[0], this.losses.at(-1)].map((loss) => loss.toPrecision(3));
    this.caption.textContent = `Loss: ${first} at first, ${last} after ${this.losses.length} evaluations`;
  }
}
