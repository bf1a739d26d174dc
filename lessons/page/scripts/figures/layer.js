// 1.2: a layer moves every point of the plane, and cannot bend a line.

import { fixed, panels } from "./plot.js";

const REACH = 5.4;
const TICKS = [-4, -2, 0, 2, 4];
const weight = (name, label, value) => ({ name, label, min: -2, max: 2, step: 0.1, value });
const bias = (name, label, value) => ({ name, label, min: -3, max: 3, step: 0.1, value });
const HANDLES = [["b0", "b1"], ["w00", "w01"], ["w10", "w11"]]; // where (0, 0), (1, 0) and (0, 1) go
let held = 0;

export default {
  stem: "ch1_2_matrix_operations",
  picture: "linear",
  title: "A grid of straight lines and the letter F, moved by a layer with two inputs and two outputs",
  controls: [
    weight("w00", "W[0, 0]", 0.8),
    weight("w01", "W[0, 1]", 0.5),
    weight("w10", "W[1, 0]", -0.6),
    weight("w11", "W[1, 1]", 0.9),
    bias("b0", "b[0]", 0.8),
    bias("b1", "b[1]", -2),
  ],
  draw(place, { before, after, area }, { values, controls }) {
    const range = [-REACH, REACH];
    const [panel] = panels(place, [{ x: range, y: range, square: true, title: "the F before and after: drag a dot", xlabel: "first output", xticks: TICKS, yticks: TICKS, width: Math.min(place.clientWidth || 320, 440) }]);
    const line = (points, look) => panel.line(points.map(([x]) => x), points.map(([, y]) => y), look);
    for (const each of after.grid) line(each, "one thin");
    line(before.letter, "faint");
    line(after.letter, "ink");
    const [origin, first, second] = after.corners;
    line([origin, first], "two");
    line([origin, second], "three");
    after.corners.forEach(([x, y], index) => {
      panel.dots([x], [y], `${["faint", "two", "three"][index]} ringed`, 7);
      const side = x < origin[0] || x > REACH - 2 ? -1 : 1;
      panel.text(panel.x(x) + 11 * side, panel.y(y) + (index ? 4 : 16), ["b", "W[0] + b", "W[1] + b"][index], { class: "number haloed", "text-anchor": side < 0 ? "end" : "start" });
    });
    panel.onTouch((x, y, starts) => {
      const distance = ([left, top]) => (left - x) ** 2 + (top - y) ** 2;
      if (starts) held = after.corners.reduce((best, corner, index) => (distance(corner) < distance(after.corners[best]) ? index : best), 0);
      const [from, up] = held ? [values.b0, values.b1] : [0, 0];
      controls.set(HANDLES[held][0], x - from);
      controls.set(HANDLES[held][1], y - up);
    }, true);
    const spoken = ([x, y]) => `(${fixed(x)}, ${fixed(y)})`;
    const flat = Math.abs(area) < 0.005;
    const fate = flat ? "All points fall onto one line: no later layer can tell them apart again." : area < 0 ? "The F is mirrored, and every line is still straight." : "Every line is still straight.";
    return `(0, 0) goes to ${spoken(origin)}, (1, 0) to ${spoken(first)}, (0, 1) to ${spoken(second)}. ${fate}`;
  },
};
