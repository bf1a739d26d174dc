// The drawing board, in the lessons' pages and in the page of `grade draw`.
//
//   new Board(place, read)    `read(strokes)` answers with what the network makes of them, as
//                             grader/draw/reading.py describes it, or throws an Error for the reader
//
// A pointer draws, and so do the arrow keys: Space lowers and lifts the pen.

const SVG = "http://www.w3.org/2000/svg";
const SIZE = 280; // of the board, in its own units
const STEP = 10; // of an arrow key
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const HELP = "Draw a digit here. With the keyboard: the arrow keys move the pen, Space lowers and lifts it, Backspace takes the last stroke back.";

export class Board {
  constructor(place, read) {
    this.read = read;
    this.strokes = [];
    this.pen = [SIZE / 2, SIZE / 4];
    this.ink = node(SVG, "g");
    this.cursor = node(SVG, "circle", { class: "pen", r: 9 });
    this.pad = node(SVG, "svg", { class: "pad", viewBox: `0 0 ${SIZE} ${SIZE}`, tabindex: 0, role: "application", "aria-label": HELP });
    this.pad.append(this.ink, this.cursor);
    this.status = html("p", { class: "status", role: "status" }, "Draw a digit from 0 to 9, as large as the board.");
    this.answer = html("div", { class: "answer" });
    const clear = button("Clear", () => this.clear());
    const undo = button("Take back", () => this.undo());
    const keys = html("p", { class: "note" }, "Keyboard: arrow keys move the pen, Space lowers and lifts it.");
    const left = html("div", { class: "left" }, this.pad, html("div", { class: "buttons" }, undo, clear), keys);
    place.replaceChildren(html("div", { class: "board" }, left, html("div", { class: "right" }, this.status, this.answer)));
    this.listen();
    this.show();
  }

  listen() {
    const { pad } = this;
    pad.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      pad.setPointerCapture(event.pointerId);
      event.preventDefault();
      pad.focus({ preventScroll: true });
      this.begin(this.at(event));
      this.drawing = event.pointerId;
    });
    pad.addEventListener("pointermove", (event) => {
      if (event.pointerId !== this.drawing) return;
      for (const each of event.getCoalescedEvents?.() ?? [event]) this.go(this.at(each));
      if (!event.getCoalescedEvents?.().length) this.go(this.at(event));
    });
    for (const name of ["pointerup", "pointercancel"]) pad.addEventListener(name, (event) => event.pointerId === this.drawing && this.lift());
    pad.addEventListener("keydown", (event) => this.key(event));
    pad.addEventListener("blur", () => this.down && this.lift());
  }

  at(event) {
    const box = this.pad.getBoundingClientRect();
    return [((event.clientX - box.left) * SIZE) / box.width, ((event.clientY - box.top) * SIZE) / box.height];
  }

  key(event) {
    const direction = ARROWS[event.key];
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (direction) this.go(this.pen.map((at, axis) => Math.min(SIZE, Math.max(0, at + STEP * direction[axis]))));
    else if (event.key === " ") this.down ? this.lift() : this.begin(this.pen);
    else if (event.key === "Backspace") this.undo();
    else return;
    event.preventDefault();
  }

  begin(point) {
    this.down = true;
    this.strokes.push([point]);
    this.pen = point;
    this.show();
  }

  go(point) {
    this.pen = point;
    if (this.down) this.strokes.at(-1).push(point);
    this.show();
  }

  lift() {
    this.down = false;
    this.drawing = null;
    this.show();
    this.ask();
  }

  undo() {
    this.strokes.pop();
    this.down = false;
    this.show();
    if (this.strokes.length) this.ask();
    else this.clear();
  }

  clear() {
    this.strokes = [];
    this.down = false;
    this.number = (this.number ?? 0) + 1; // what is under way counts no more
    this.answer.replaceChildren();
    this.say("Draw a digit from 0 to 9, as large as the board.");
    this.show();
  }

  show() {
    const lines = this.strokes.map((points) => node(SVG, "polyline", { class: "stroke", points: (points.length > 1 ? points : [points[0], points[0]]).map((point) => point.map(round).join(",")).join(" ") }));
    this.ink.replaceChildren(...lines);
    this.cursor.setAttribute("cx", this.pen[0]);
    this.cursor.setAttribute("cy", this.pen[1]);
    this.cursor.classList.toggle("down", Boolean(this.down));
  }

  /** Let the network read; only the last question's answer is shown. */
  async ask() {
    const number = (this.number = (this.number ?? 0) + 1);
    try {
      const answer = await this.read(this.strokes.map((points) => points.map((point) => point.map(round))));
      if (number === this.number) this.tell(answer);
    } catch (error) {
      if (number === this.number) this.say(error.message);
    }
  }

  tell({ image, probabilities, answer, explained, fired, nearest }) {
    this.say(`The network reads ${answer}, with a probability of ${percent(probabilities[answer])}.`);
    const bars = probabilities.map((share, digit) => {
      const bar = html("span", { class: "bar" }, html("span", { class: "share" }));
      bar.firstChild.style.width = `${100 * share}%`;
      return html("li", digit === answer ? { class: "chosen" } : {}, html("span", {}, `${digit}`), bar, html("span", { class: "number" }, percent(share)));
    });
    this.answer.replaceChildren(
      html("ul", { class: "probabilities", "aria-label": "Probabilities of the digits" }, ...bars),
      part("What the network gets", [tile(image, "your drawing as an image of 28 x 28 pixels", "28 x 28")]),
      part(explained, fired.map(({ name, value, rows }) => tile(rows, `${name}: ${value}`, `${name}: ${value}`))),
      part("The most similar training images", nearest.map(({ label, distance, rows }) => tile(rows, `a ${label}, at a distance of ${distance}`, `a ${label}`))),
    );
  }

  say(text) {
    this.status.textContent = text;
  }
}

const round = (number) => Math.round(10 * number) / 10;
const percent = (share) => `${(100 * share).toFixed(1)}%`;

function part(title, tiles) {
  return html("section", {}, html("p", { class: "part" }, title), html("div", { class: "tiles" }, ...tiles));
}

/** An image whose colors follow the page's: positive values in one color, negative ones in another. */
function tile(rows, label, caption) {
  const picture = html("span", { class: "pixels", role: "img", "aria-label": label });
  picture.style.aspectRatio = `${rows[0].length} / ${rows.length}`;
  for (const [sign, kind] of [[1, "plus"], [-1, "minus"]]) {
    if (!rows.flat().some((value) => sign * value > 0)) continue;
    const layer = html("i", { class: kind });
    layer.style.maskImage = `url(${mask(rows, sign)})`;
    picture.append(layer);
  }
  return html("figure", { class: "tile" }, picture, html("figcaption", {}, caption));
}

function mask(rows, sign) {
  const canvas = html("canvas", { width: rows[0].length, height: rows.length });
  const context = canvas.getContext("2d");
  const data = context.createImageData(canvas.width, canvas.height);
  rows.flat().forEach((value, index) => (data.data[4 * index + 3] = Math.round(255 * Math.min(1, Math.max(0, sign * value)))));
  context.putImageData(data, 0, 0);
  return canvas.toDataURL();
}

function html(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function button(text, act) {
  const element = html("button", { type: "button" }, text);
  element.addEventListener("click", act);
  return element;
}

function node(space, tag, attributes = {}) {
  const element = document.createElementNS(space, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
