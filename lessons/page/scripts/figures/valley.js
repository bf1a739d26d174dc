// 5.1: Adam and momentum in a valley that can be turned.

import { panels, short } from "./plot.js";

const HEIGHTS = [0.02, 0.15, 0.4, 0.75, 1.2]; // as shares of the start's height across the valley
const AROUND = Array.from({ length: 121 }, (_, index) => (index * Math.PI) / 60);

export default {
  stem: "ch5_1_adam",
  picture: "turned_valley",
  title: "The ways of Adam and momentum down a valley that can be turned, and their losses",
  controls: [
    { name: "turn", label: "Turn the valley by (degrees)", min: -90, max: 90, step: 5, value: 0 },
    { name: "steep", label: "Curvature across, along it is 1", min: 1, max: 10000, step: 16, value: 100, log: true },
    { name: "lr", label: "Learning rate of Adam", min: 0.01, max: 1, step: 20, value: 0.1, log: true },
    { name: "steps", label: "Updates", min: 1, max: 150, step: 1, value: 80 },
  ],
  draw(place, { turned, straight, momentum }, { values: { turn, steep, steps } }) {
    const [left, right] = panels(place, [
      { x: [-1.6, 1.6], y: [-1.6, 1.6], square: true, title: "Adam (solid), momentum (dashed)", xlabel: "weight 1" },
      { x: [0, steps], y: [1e-10, 1e4], logy: true, title: "loss; thin: Adam before the turn", xlabel: "update" },
    ]);
    const angle = (turn * Math.PI) / 180;
    for (const height of HEIGHTS) {
      const [a, b] = [Math.sqrt(height * steep), Math.sqrt(height)];
      const points = AROUND.map((at) => [a * Math.cos(at), b * Math.sin(at)]);
      left.line(points.map(([u, v]) => u * Math.cos(angle) - v * Math.sin(angle)), points.map(([u, v]) => u * Math.sin(angle) + v * Math.cos(angle)), "faint thin");
    }
    const losses = (way, look) => right.line(way.losses.map((_, index) => index), way.losses.map((loss) => Math.max(loss, 1e-12)), look);
    losses(straight, "faint");
    for (const [way, look] of [[momentum, "two"], [turned, "one"]]) {
      left.line(way.path.map(([x]) => x), way.path.map(([, y]) => y), look);
      losses(way, look);
    }
    left.dots([0], [0], "three ringed", 6);
    const [adam, before, other] = [turned, straight, momentum].map((way) => short(Number(way.losses.at(-1).toPrecision(2))));
    return `The loss after ${steps} ${steps === 1 ? "update" : "updates"}: ${adam} with Adam, ${other} with momentum.${turn % 90 ? ` Before the turn, Adam's was ${before}; momentum's does not change.` : ""}`;
  },
};
