// 4.5: momentum in a ravine.

import { panels } from "./plot.js";

const STEEP = [1, 30];
const HEIGHTS = [0.2, 2, 8, 20, 40];

export default {
  stem: "ch4_5_momentum_capstone",
  picture: "ravine",
  title: "The way down a ravine, with momentum and without",
  controls: [
    { name: "mu", label: "Momentum mu", min: 0, max: 0.99, step: 0.01, value: 0.8 },
    { name: "lr", label: "Learning rate", min: 0.002, max: 0.1, step: 40, value: 0.03, log: true },
    { name: "steps", label: "Steps", min: 1, max: 100, step: 1, value: 40 },
  ],
  draw(place, { with: momentum, without }) {
    const [left, right] = panels(place, [
      { x: [-10, 6], y: [-2.4, 2.4], title: "with momentum (dashed), without (solid)", xlabel: "weight 1" },
      { x: [0, momentum.losses.length - 1], y: [1e-6, 1e3], logy: true, title: "loss", xlabel: "step" },
    ]);
    const round = Array.from({ length: 61 }, (_, index) => (index * Math.PI) / 30);
    for (const height of HEIGHTS) {
      const [a, b] = STEEP.map((steep) => Math.sqrt((2 * height) / steep));
      left.line(round.map((angle) => a * Math.cos(angle)), round.map((angle) => b * Math.sin(angle)), "faint thin");
    }
    for (const [way, look] of [[without, "one"], [momentum, "two"]]) {
      left.line(way.path.map(([x]) => x), way.path.map(([, y]) => y), look);
      right.line(way.losses.map((_, index) => index), way.losses.map((loss) => Math.max(loss, 1e-12)), look);
    }
    left.dots([0], [0], "three ringed", 6);
    return `The loss after ${momentum.losses.length - 1} steps: ${momentum.losses.at(-1).toPrecision(3)} with momentum, ${without.losses.at(-1).toPrecision(3)} without.`;
  },
};
