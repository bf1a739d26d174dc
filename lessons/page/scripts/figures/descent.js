// 2.2: the learning rate on a loss curve.

import { panels } from "./plot.js";

export default {
  stem: "ch2_2_gradient_descent",
  picture: "learning_rates",
  title: "Steps of gradient descent on a loss curve, at a learning rate of your choice",
  controls: [
    { name: "lr", label: "Learning rate", min: 0.005, max: 0.5, step: 60, value: 0.05, log: true },
    { name: "steps", label: "Steps", min: 1, max: 40, step: 1, value: 10 },
  ],
  draw(place, { axis, curve, path, losses }) {
    const [left, right] = panels(place, [
      { x: [axis[0], axis.at(-1)], y: [0, 30], title: "the way down", xlabel: "weight", ylabel: "" },
      { x: [0, Math.max(1, losses.length - 1)], y: [1e-6, 1e3], logy: true, title: "loss before each step", xlabel: "step" },
    ]);
    left.line(axis, curve, "faint");
    left.line(path, losses, "two");
    left.dots(path, losses, "two");
    const steps = losses.map((_, index) => index);
    right.line(steps, losses.map((loss) => Math.max(loss, 1e-12)), "two");
    right.dots(steps, losses, "two");
    const [first, last] = [losses[0], losses.at(-1)];
    const fate = last > first ? "The steps are too large: each one lands higher than the one before." : path.some((w) => w > 1.001) && last < first ? "The steps jump over the lowest point, back and forth." : "The weight comes closer from one side.";
    return `The loss goes from ${first.toPrecision(3)} to ${last.toPrecision(3)} in ${losses.length - 1} steps. ${fate}`;
  },
};
