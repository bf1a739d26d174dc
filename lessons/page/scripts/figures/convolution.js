// 4.2: a filter over a digit, cell by cell.

import { Panel, short, svg } from "./plot.js";

const SIDE = 28;

export default {
  stem: "ch4_2_convolution",
  picture: "edges",
  title: "A filter slides over a digit: the window, the products, and the output",
  controls: [
    { name: "row", label: "Row of the output", min: 0, max: 25, step: 1, value: 8 },
    { name: "column", label: "Column of the output", min: 0, max: 25, step: 1, value: 10 },
    { name: "digit", label: "Digit", min: 0, max: 9, step: 1, value: 3 },
    { name: "filter", label: "Filter", choices: { vertical: "vertical edges", horizontal: "horizontal edges", diagonal: "corners", mean: "mean of nine" } },
  ],
  draw(place, { image, filter, out, window }, { values: { row, column }, controls }) {
    const width = Math.min(300, place.clientWidth || 300);
    const square = (title, side) => new Panel({ width, height: width + 20, x: [0, side], y: [0, side], bare: true, square: true, title });
    const [left, right] = [square("image, 28 x 28", SIDE), square("output, 26 x 26: touch a cell", SIDE - 2)];
    left.heat(image, "ink");
    box(left, SIDE, row, column, 3);
    const top = Math.max(...out.flat().map(Math.abs)) || 1;
    right.heat(out.map((each) => each.map((value) => Math.max(0, value / top))), "one");
    right.heat(out.map((each) => each.map((value) => Math.max(0, -value / top))), "two");
    box(right, SIDE - 2, row, column, 1);
    right.element.classList.add("touched");
    const touch = (event) => {
      if (event.type === "pointermove" && !event.buttons) return;
      const [at, across] = [right.element.getBoundingClientRect(), right.x(1) - right.x(0)];
      const cell = (position) => Math.min(SIDE - 3, Math.max(0, Math.floor(position / across)));
      controls.set("row", cell(event.clientY - at.top - right.y(SIDE - 2)));
      controls.set("column", cell(event.clientX - at.left - right.x(0)));
    };
    right.element.addEventListener("pointerdown", touch);
    right.element.addEventListener("pointermove", touch);
    place.replaceChildren(left.element, right.element);
    const terms = window.flatMap((each, i) => each.map((pixel, j) => [pixel, filter[i][j]])).filter(([pixel, weight]) => pixel && weight);
    const sum = terms.map(([pixel, weight]) => `${short(pixel)} · ${weight < 0 ? `(${short(Number(weight.toFixed(2)))})` : short(Number(weight.toFixed(2)))}`).join(" + ") || "nothing but zeros";
    return `Row ${row}, column ${column}: ${sum} = ${short(Number(out[row][column].toFixed(2)))}`;
  },
};

function box(panel, side, row, column, size) {
  const across = panel.x(1) - panel.x(0);
  panel.element.append(svg("rect", { class: "outline", x: panel.x(column), y: panel.y(side - row), width: size * across, height: size * across }));
}
