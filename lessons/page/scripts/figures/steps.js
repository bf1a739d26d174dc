// 2.4: the step h of a numerical gradient.

import { panels, short } from "./plot.js";

const PASSES = 1e-6; // the relative error of a correct gradient, as the lesson has it
const AROUND = [-1.5, 1.5];

export default {
  stem: "ch2_4_numerical_gradients",
  picture: "two_branches",
  title: "The loss around a weight under a magnifying glass, two lines that measure its slope, and their errors",
  controls: [
    { name: "h", label: "Step h", min: 1e-15, max: 1, step: 60, value: 0.562, log: true, show: short },
    { name: "loss", label: "Loss", choices: { cube: "w³ at 2, slope 12", square: "w² at 2, slope 4", kink: "relu at 0.000001, slope 1" } },
  ],
  draw(place, { axis, curve, left: below, slope, central, one_sided, steps, errors }, { values: { h }, controls }) {
    const high = 1.9 * slope;
    const [left, right] = panels(place, [
      { x: AROUND, y: [-high, high], title: "loss near w, magnified by 1/h", xlabel: "distance from w, in h", xticks: [-1, 0, 1] },
      { x: [steps[0] / 2, 2 * steps.at(-1)], y: [1e-15, 1e2], logx: true, logy: true, title: "error: central (dashed), one-sided (solid)", xlabel: "h: touch to choose" },
    ]);
    left.line(axis, curve, "one");
    left.line(AROUND, AROUND.map((at) => slope * at), "faint");
    left.line(AROUND, AROUND.map((at) => one_sided.slope * at), "three");
    left.line(AROUND, AROUND.map((at) => below + central.slope * (at + 1)), "two");
    const ends = [below, 0, one_sided.slope];
    left.dots([-1, 0, 1], ends, "ringed", 5);
    right.line([h, h], [1e-15, 1e2], "faint");
    for (const [name, look] of [["one_sided", "three"], ["central", "two"]]) {
      const shown = steps.flatMap((step, index) => (errors[name][index] > 0 ? [index] : []));
      right.line(shown.map((index) => steps[index]), shown.map((index) => errors[name][index]), `${look} thin`);
    }
    right.dots([h], [Math.abs(one_sided.slope - slope)], "three ringed", 6);
    right.dots([h], [Math.abs(central.slope - slope)], "two ringed", 6);
    right.onTouch((at) => controls.set("h", at));
    const told = ({ slope: measured, error }) => `${measured.toFixed(6)} (relative error ${short(Number(error.toPrecision(1)))})`;
    const stairs = new Set(curve).size < curve.length / 3 ? " So close, the loss is a staircase: its digits have run out." : "";
    const fate = central.error < PASSES ? "passes" : "fails";
    return `With h = ${short(h)}, the central difference measures ${told(central)}, the one-sided one ${told(one_sided)}. A correct formula ${fate} a check with this h.${stairs}`;
  },
};
