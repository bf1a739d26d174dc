// 1.1: a table meets its means, cell by cell.

import { decimals, fixed, panels, short } from "./plot.js";

const COLUMNS = ["rooms", "area", "years"];
const ROWS = 4;

export default {
  stem: "ch1_1_numpy_arrays",
  picture: "one_mean_or_many",
  title: "A table of four homes, its means, and the table normalized with them",
  controls: [
    {
      name: "means",
      label: "Means",
      choices: { columns: "of each column: axis=0", all: "of all entries", rows: "of each row: axis=1, keepdims", flat: "of each row: axis=1 alone" },
    },
    { name: "unit", label: "Area in", choices: { meters: "square meters", feet: "square feet" } },
    { name: "row", label: "Row", min: 0, max: ROWS - 1, step: 1, value: 1 },
    { name: "column", label: "Column", min: 0, max: COLUMNS.length - 1, step: 1, value: 1 },
  ],
  draw(place, { table, means, deviations, shape, result, spreads, error }, { values: { row, column }, controls }) {
    const across = Math.max(COLUMNS.length, means[0].length);
    const grid = (title, columns = COLUMNS.length) => ({ x: [0, columns], y: [0, ROWS], height: 164, bare: true, title });
    const [left, middle, right] = panels(place, [
      grid(`X: ${COLUMNS.join(", ")}; shape (4, 3)`),
      grid(`means, shape (${shape.join(", ")}${shape.length === 1 ? "," : ""})`, across),
      grid(result ? "(X − means) / deviations" : "X − means: ValueError"),
    ]);
    cells(left, table, short);
    cells(middle, means, short, error ? 1 : ROWS, across);
    if (result) {
      const top = Math.max(...result.flat().map(Math.abs)) || 1;
      const shares = (sign) => result.map((each) => each.map((value) => Math.max(0, (0.3 * sign * value) / top)));
      right.heat(shares(1), "one");
      right.heat(shares(-1), "two");
      cells(right, result, (value) => decimals(value));
    }
    for (const panel of error ? [left] : [left, middle, right]) {
      panel.frame(row, column);
      panel.chooseCell(controls);
    }
    if (error) return `NumPy says: ${error}. From the right, 3 meets 4. With keepdims=True the means would stand in a column.`;
    const own = (values) => values[Math.min(row, values.length - 1)][Math.min(column, values[0].length - 1)];
    const parts = [table[row][column], own(means), own(deviations)].map((value) => fixed(value));
    const sum = `(${parts[0]} − ${parts[1]}) / ${parts[2]} = ${decimals(result[row][column])}`;
    return `Row ${row}, ${COLUMNS[column]}: ${sum}. Standard deviation of each column afterward: ${spreads.map((value) => decimals(value)).join(", ")}.`;
  },
};

/** Numbers in framed cells; dotted cells repeat those that exist. */
function cells(panel, values, text, rows = values.length, columns = values[0].length) {
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < columns; j += 1) {
      const exists = i < values.length && j < values[0].length;
      const value = values[Math.min(i, values.length - 1)][Math.min(j, values[0].length - 1)];
      panel.cell(i, j, text(value), exists ? "" : "dotted");
    }
  }
}
