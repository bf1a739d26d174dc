// 3.2: temperature scales the scores, a shift moves them all.

import { panels } from "./plot.js";

const CLASSES = [1, 2, 3];

export default {
  stem: "ch3_2_activation_functions",
  picture: "temperature",
  title: "Softmax of three scores, with a temperature and a number added to all scores",
  controls: [
    { name: "temperature", label: "Temperature", min: 0.1, max: 10, step: 40, value: 1, log: true },
    { name: "shift", label: "Added to every score", min: -1000, max: 1000, step: 50, value: 0 },
  ],
  draw(place, { scores, probabilities, naive }) {
    const [left, right] = panels(place, [
      { x: [0.4, 3.6], y: [1.15 * Math.min(0, ...scores), 1.15 * Math.max(0, ...scores) || 1], title: "scores, divided by the temperature", xlabel: "class", xticks: CLASSES },
      { x: [0.4, 3.6], y: [0, 1], title: "softmax", xlabel: "class", xticks: CLASSES },
    ]);
    left.line([0.4, 3.6], [0, 0], "faint");
    scores.forEach((score, index) => left.line([index + 1, index + 1], [0, score], "stem"));
    left.dots(CLASSES, scores, "one", 5);
    right.bars(CLASSES, probabilities, "one");
    probabilities.forEach((share, index) => right.text(right.x(index + 1), right.y(share) - 5, share.toFixed(3), { "text-anchor": "middle" }));
    const same = naive.every((share, index) => share !== null && Math.abs(share - probabilities[index]) < 1e-9);
    const spoken = probabilities.map((share) => share.toFixed(3)).join(", ");
    return `Probabilities ${spoken}. ${same ? "The formula as it stands gives the same." : `The formula as it stands gives ${naive.map((share) => (share === null ? "nan" : share.toFixed(3))).join(", ")}.`}`;
  },
};
