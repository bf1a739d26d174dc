// Draws axes, lines, dots and bars as SVG, in real pixels, so that text stays readable on a phone.

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = { left: 46, right: 12, top: 24, bottom: 38 };
const NARROW = 480; // pixels, below which panels stand one below the other

export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Empty a place and give it this many panels, side by side where there is room: [Panel]. */
export function panels(place, described) {
  const all = place.clientWidth || 320;
  const inRow = all < NARROW ? 1 : described.length;
  const width = Math.floor(all / inRow);
  const made = described.map((panel) => new Panel({ width, ...panel }));
  place.replaceChildren(...made.map((panel) => panel.element));
  return made;
}

/** Make a panel for an image of `side` by `side` cells. */
export const imagePanel = (title, side, width) => new Panel({ width, x: [0, side], y: [0, side], bare: true, square: true, title });

export class Panel {
  /**
   * `x` and `y` are ranges, logarithmic with `logx` and `logy`; `square` gives both the same scale,
   * and `bare` leaves the axes out.
   */
  constructor({ width, height = 240, x, y, title = "", xlabel = "", ylabel = "", logx = false, logy = false, square = false, xticks, yticks, bare = false }) {
    const margin = bare ? { left: 4, right: 4, top: 24, bottom: 4 } : MARGIN;
    const inner = [width - margin.left - margin.right, height - margin.top - margin.bottom];
    if (square) {
      const unit = Math.min(inner[0] / (x[1] - x[0]), 340 / (y[1] - y[0]));
      inner[0] = unit * (x[1] - x[0]);
      inner[1] = unit * (y[1] - y[0]);
      height = inner[1] + margin.top + margin.bottom;
    }
    Object.assign(this, { xRange: x, yRange: y, logy });
    [this.x, this.xAt] = scale(x, logx, margin.left, margin.left + inner[0]);
    [this.y, this.yAt] = scale(y, logy, margin.top + inner[1], margin.top);
    this.body = svg("g");
    const end = [margin.left + inner[0], margin.top + inner[1]];
    const clip = `clip-${(Panel.count = (Panel.count ?? 0) + 1)}`;
    const area = { x: margin.left, y: margin.top, width: inner[0], height: inner[1] };
    this.body.setAttribute("clip-path", `url(#${clip})`);
    this.element = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
    this.element.append(svg("clipPath", { id: clip }, svg("rect", area)));
    if (bare) this.element.append(svg("rect", { class: "axis", ...area }));
    else this.axes(margin, end, { xlabel, ylabel, xticks: xticks ?? ticks(x, logx, Math.max(3, inner[0] / 70)), yticks: yticks ?? ticks(y, logy, 5) });
    this.element.append(this.body);
    if (title) this.text(margin.left, 14, title, { class: "title" });
  }

  axes(margin, [right, bottom], { xlabel, ylabel, xticks, yticks }) {
    for (const tick of yticks) {
      const at = this.y(tick);
      this.element.append(svg("line", { class: "grid", x1: margin.left, x2: right, y1: at, y2: at }));
      this.text(margin.left - 6, at + 4, short(tick), { "text-anchor": "end" });
    }
    for (const tick of xticks) this.text(this.x(tick), bottom + 15, short(tick), { "text-anchor": "middle" });
    this.element.append(svg("path", { class: "axis", d: `M${margin.left},${margin.top}V${bottom}H${right}` }));
    this.text((margin.left + right) / 2, bottom + 32, xlabel, { "text-anchor": "middle" });
    if (ylabel) this.text(margin.left, margin.top - 8, ylabel, {});
  }

  text(x, y, text, attributes = {}) {
    this.element.append(svg("text", { x, y, ...attributes }, text));
  }

  line(xs, ys, look = "one") {
    this.body.append(svg("polyline", { class: `line ${look}`, points: this.points(xs, ys).map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ") }));
  }

  dots(xs, ys, look = "one", r = 3.5) {
    for (const [x, y] of this.points(xs, ys)) this.body.append(svg("circle", { class: `dot ${look}`, cx: x.toFixed(1), cy: y.toFixed(1), r }));
  }

  /** Bars from the bottom, one at each x, this wide in units of x. */
  bars(xs, ys, look = "one", wide = 0.7) {
    const bottom = this.y(this.yRange[0]);
    xs.forEach((x, index) => {
      const [from, to, top] = [this.x(x - wide / 2), this.x(x + wide / 2), Math.min(bottom, this.y(Math.max(ys[index], this.logy ? this.yRange[0] : -Infinity)))];
      this.body.append(svg("rect", { class: `bar ${look}`, x: from, width: to - from, y: top, height: Math.max(0, bottom - top) }));
    });
  }

  /** Squares of a grid from its first row at the top; each value in [0, 1] is the share of a color. */
  heat(values, look = "two") {
    this.cells(values, (value) => (value > 0.004 ? { class: `cell ${look}`, "fill-opacity": value.toFixed(3) } : null));
  }

  /** A grid of colors, `[red, green, blue]` from 0 to 255. */
  pixels(colors) {
    this.cells(colors, (color) => ({ class: "pixel", fill: `rgb(${color.join(" ")})` }));
  }

  cells(values, looks) {
    const [left, right] = this.xRange.map(this.x);
    const [bottom, top] = this.yRange.map(this.y);
    const [width, height] = [(right - left) / values[0].length, (bottom - top) / values.length];
    values.forEach((row, i) =>
      row.forEach((value, j) => {
        const attributes = looks(value);
        if (attributes) this.body.append(svg("rect", { ...attributes, x: (left + j * width).toFixed(2), y: (top + i * height).toFixed(2), width: width.toFixed(2), height: height.toFixed(2) }));
      }),
    );
  }

  /** The same for values of both signs: positive ones in one color, negative ones in the other. */
  signed(values) {
    const top = Math.max(...values.flat().map(Math.abs)) || 1;
    for (const [sign, look] of [[1, "one"], [-1, "two"]]) this.heat(values.map((row) => row.map((value) => Math.max(0, (sign * value) / top))), look);
  }

  /** A cell of a grid whose row 0 is at the top, with a number in it. */
  cell(row, column, text, look = "") {
    this.element.append(this.box(row, column, `axis ${look}`));
    const [x, y] = [this.x(column + 0.5), this.y(this.yRange[1] - row - 0.5) + 4];
    this.text(x, y, text, { class: `number ${look}`, "text-anchor": "middle" });
  }

  /** A frame around cells of a grid, from this one on. */
  frame(row, column, size = 1) {
    this.element.append(this.box(row, column, "outline", size));
  }

  box(row, column, look, size = 1) {
    const [x, y] = [this.x(column), this.y(this.yRange[1] - row)];
    return svg("rect", { class: look, x, y, width: this.x(column + size) - x, height: this.y(this.yRange[1] - row - size) - y });
  }

  /**
   * Call `tell(x, y, starts)` where the reader touches the panel, and while the finger moves. Up and
   * down it scrolls the page, unless it `drags` something.
   */
  onTouch(tell, drags = false) {
    const within = (value, [low, high]) => Math.min(high, Math.max(low, value));
    const touch = (event) => {
      const starts = event.type === "pointerdown";
      if (!starts && !event.buttons) return;
      const { left, top } = this.element.getBoundingClientRect();
      tell(within(this.xAt(event.clientX - left), this.xRange), within(this.yAt(event.clientY - top), this.yRange), starts);
    };
    this.element.classList.add("touched", ...(drags ? ["dragged"] : []));
    this.element.addEventListener("pointerdown", touch);
    this.element.addEventListener("pointermove", touch);
  }

  /** Call `tell(row, column)` with the cell that the reader touches; the panel is a grid of cells. */
  onCell(tell, drags) {
    const [columns, rows] = [this.xRange[1], this.yRange[1]];
    this.onTouch((x, y) => tell(Math.min(rows - 1, Math.floor(rows - y)), Math.min(columns - 1, Math.floor(x))), drags);
  }

  /** Let a touch of a cell set the controls `row` and `column`. */
  chooseCell(controls, drags) {
    this.onCell((row, column) => {
      controls.set("row", row);
      controls.set("column", column);
    }, drags);
  }

  points(xs, ys) {
    const far = 1e5;
    return xs.map((x, index) => [this.x(x), this.y(ys[index])]).map((pair) => pair.map((at) => (at === Infinity ? far : at === -Infinity ? -far : at))).filter((pair) => pair.every(Number.isFinite));
  }
}

/** Return the function from a value to its place, and the one back. */
function scale(range, log, from, to) {
  const [low, high] = log ? range.map(Math.log10) : range;
  const there = (value) => from + ((to - from) * ((log ? Math.log10(value) : value) - low)) / (high - low);
  const back = (at) => {
    const value = low + ((high - low) * (at - from)) / (to - from);
    return log ? 10 ** value : value;
  };
  return [there, back];
}

/** About this many round numbers in a range. */
export function ticks([low, high], log, count) {
  if (log) {
    const [from, to] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
    const step = Math.max(1, Math.ceil((to - from) / count));
    return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => 10 ** (from + index * step));
  }
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(10)));
}

const POWERS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A number as short as an axis needs it. */
export function short(value) {
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5)) {
    const power = Math.round(Math.log10(Math.abs(value)));
    if (Math.abs(value / 10 ** power - 1) < 1e-6) return `10${power < 0 ? "⁻" : ""}${[...`${Math.abs(power)}`].map((digit) => POWERS[digit]).join("")}`;
    return value.toExponential(1);
  }
  return `${Number(value.toPrecision(4))}`.replace("-", "−");
}

/** A number with at most this many decimals. */
export const fixed = (value, most = 2) => short(Number(value.toFixed(most)));

/** A number with exactly this many decimals, and never minus zero. */
export const decimals = (value, count = 2) => (Number(value.toFixed(count)) + 0).toFixed(count).replace("-", "\u2212");
