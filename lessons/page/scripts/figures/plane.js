// 3.1 and 5.3: a decision boundary that moves with weights and biases.

import { panels } from "./plot.js";

/** Draw probabilities as shades and the examples of both classes on top; return the panel. */
function shade(place, { x, y, grid, points, truth, title, xlabel, radius }) {
  const [panel] = panels(place, [{ x, y, square: true, title, xlabel, width: Math.min(place.clientWidth || 320, 440) }]);
  panel.heat(grid.map((row) => row.map((share) => 0.6 * share)), "two");
  panel.heat(grid.map((row) => row.map((share) => 0.6 * (1 - share))), "one");
  const of = (wanted) => points.filter((_, index) => truth[index] === wanted);
  for (const [label, look] of [[0, "one"], [1, "two"]]) panel.dots(of(label).map(([at]) => at), of(label).map(([, at]) => at), `${look} ringed`, radius);
  return panel;
}

/** Draw the line w1 x + w2 y + b = 0. */
function drawLine(panel, [w1, w2, b], [low, high]) {
  const far = 100 * (high - low);
  const size = w1 * w1 + w2 * w2;
  if (!size) return;
  const [x, y] = [(-b * w1) / size, (-b * w2) / size];
  const length = Math.sqrt(size);
  panel.line([x - (far * w2) / length, x + (far * w2) / length], [y + (far * w1) / length, y - (far * w1) / length], "ink");
}

export const perceptron = {
  stem: "ch3_1_perceptron",
  picture: "and_or_xor",
  title: "The decision boundary of a perceptron with two inputs",
  controls: [
    { name: "rule", label: "Rule", choices: { and: "AND", or: "OR", xor: "XOR" } },
    { name: "w1", label: "W[0], for input 1", min: -10, max: 10, step: 0.5, value: 4 },
    { name: "w2", label: "W[1], for input 2", min: -10, max: 10, step: 0.5, value: 2 },
    { name: "b", label: "b", min: -15, max: 15, step: 0.5, value: -3 },
  ],
  draw(place, { range, grid, points, truth, answers, loss }, { values: { rule, w1, w2, b } }) {
    const panel = shade(place, { x: range, y: range, grid, points, truth, title: "probability of class 1 (orange)", xlabel: "input 1", radius: 8 });
    drawLine(panel, [w1, w2, b], range);
    const right = answers.filter((answer, index) => answer > 0.5 === truth[index] > 0.5).length;
    return `${right} of 4 corners are right for ${rule.toUpperCase()}; the loss is ${loss.toFixed(3)}.`;
  },
};

export const moons = {
  stem: "ch5_3_two_moons",
  picture: "bends",
  title: "The boundary of a trained network with four hidden units, when you move one of them",
  waiting: "Training the network",
  controls: [
    { name: "unit", label: "Hidden unit", min: 0, max: 3, step: 1, value: 1 },
    { name: "turn", label: "Turn its W1 by (degrees)", min: -180, max: 180, step: 5, value: 0 },
    { name: "shift", label: "Shift its fold by", min: -2, max: 2, step: 0.1, value: 0 },
    { name: "weight", label: "Multiply its W2 by", min: -2, max: 2, step: 0.1, value: 1 },
  ],
  draw(place, { xs, ys, grid, points, truth, right, fold }, { values }) {
    const panel = shade(place, { x: xs, y: ys, grid, points, truth, title: "probability of class 1 (orange), and the unit's fold", xlabel: "input 1", radius: 3.5 });
    drawLine(panel, fold, xs);
    return `${(100 * right).toFixed(1)}% of the points are right with unit ${values.unit} as it is now.`;
  },
};
