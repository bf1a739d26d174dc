// 2.1: a sure mistake is hard to unlearn with squared error.

import { decimals, fixed, panels } from "./plot.js";

export default {
  stem: "ch2_1_loss_functions",
  picture: "confident_mistakes",
  title: "Gradient descent on one logit, with cross-entropy and with squared error",
  controls: [
    { name: "start", label: "Logit z at the start", min: -8, max: 8, step: 0.5, value: -6 },
    { name: "truth", label: "The truth is", choices: { one: "class 1", zero: "class 0" } },
    { name: "steps", label: "Steps, each minus the slope", min: 1, max: 40, step: 1, value: 15 },
  ],
  draw(place, { axis, cross_entropy, squares }, { values: { start, steps }, controls }) {
    const [left, right] = panels(place, [
      { x: [axis[0] - 0.3, axis.at(-1) + 0.3], y: [-0.3, 8.5], title: "loss: cross-entropy (solid), squares (dashed)", xlabel: "logit z: touch to start there" },
      { x: [-0.02 * steps, 1.02 * steps], y: [-0.03, 1.03], yticks: [0, 0.25, 0.5, 0.75, 1], title: "probability of the truth", xlabel: "step" },
    ]);
    const [all, both] = [cross_entropy.path.map((_, index) => index), [[cross_entropy, "one"], [squares, "two"]]];
    for (const [{ curve, path, losses, truth }, look] of both) {
      left.line(axis, curve, look);
      left.dots(path, losses, `${look} ringed`, 5);
      right.line(all, truth, look);
      right.dots(all, truth, look);
    }
    left.onTouch((z) => controls.set("start", z));
    const percent = (share) => `${fixed(100 * share)}%`;
    const told = ({ slope, truth }) => `${percent(truth.at(-1))} (first slope ${decimals(slope, 4)})`;
    return `At z = ${fixed(start)} the truth has a probability of ${percent(squares.truth[0])}. After ${steps} step${steps > 1 ? "s" : ""} it has ${told(cross_entropy)} with cross-entropy, ${told(squares)} with squared error.`;
  },
};
