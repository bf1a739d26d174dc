// 4.2: a filter over a digit, cell by cell.

import { fixed, imagePanel, short } from "./plot.js";

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
    const left = imagePanel("image, 28 x 28", SIDE, width);
    const right = imagePanel("output, 26 x 26: touch a cell", SIDE - 2, width);
    left.heat(image, "ink");
    left.frame(row, column, 3);
    right.signed(out);
    right.frame(row, column);
    right.chooseCell(controls, true);
    place.replaceChildren(left.element, right.element);
    const terms = window.flatMap((each, i) => each.map((pixel, j) => [pixel, filter[i][j]])).filter(([pixel, weight]) => pixel && weight);
    const sum = terms.map(([pixel, weight]) => `${short(pixel)} · ${weight < 0 ? `(${fixed(weight)})` : fixed(weight)}`).join(" + ") || "nothing but zeros";
    return `Row ${row}, column ${column}: ${sum} = ${fixed(out[row][column])}`;
  },
};
