// 4.4: dropout masks.

import { panels } from "./plot.js";

const BINS = 24;

export default {
  stem: "ch4_4_regularization",
  picture: "dropout_noise",
  title: "A layer of 128 units with a dropout mask, and its mean over 200 masks",
  controls: [
    { name: "p", label: "p, the probability of keeping a unit", min: 0.1, max: 1, step: 0.05, value: 0.8 },
    { name: "draw", label: "Draw another mask", draw: true },
  ],
  draw(place, { before, after, kept, mean, mean_after, means }) {
    const [rows, columns] = [before.length, before[0].length];
    const top = Math.max(...after.flat(), 1);
    const [left, right] = panels(place, [
      { x: [0, columns], y: [0, rows], title: "the layer: empty units are dropped", height: 200, bare: true },
      { x: [0, 2 * mean], y: [0, 1], title: "mean of the layer, over 200 masks", xlabel: "mean" },
    ]);
    left.heat(after.map((row) => row.map((value) => value / top)), "one");
    const counts = new Array(BINS).fill(0);
    for (const value of means) counts[Math.min(BINS - 1, Math.max(0, Math.floor((BINS * value) / (2 * mean))))] += 1;
    const wide = (2 * mean) / BINS;
    right.bars(counts.map((_, index) => (index + 0.5) * wide), counts.map((count) => count / Math.max(...counts)), "one", 0.9 * wide);
    right.line([mean, mean], [0, 1], "two");
    const over = means.reduce((sum, value) => sum + value, 0) / means.length;
    return `${kept} of ${rows * columns} units are kept. The layer's mean is ${mean.toFixed(3)}, with this mask ${mean_after.toFixed(3)}, over 200 masks ${over.toFixed(3)}.`;
  },
};
