// 5.2: two networks that train in turns, with their own weights or with the same.

import { imagePanel, Panel } from "./plot.js";

const NARROW = 600; // pixels, below which the pictures stand below the losses

export default {
  stem: "ch5_2_neural_network_class",
  picture: "own_and_shared",
  title: "The losses of two networks that train in turns, and what each has learned",
  waiting: "Training the networks",
  controls: [
    { name: "weights", label: "Weights made", choices: { own: "in __init__, for each object", shared: "in the class, for both" } },
    { name: "task", label: "The second learns", choices: { reversed: "9 minus the digit", same: "the digit, as the first does" } },
    { name: "turns", label: "Turns of each", min: 1, max: 10, step: 1, value: 6 },
    { name: "steps", label: "Epochs in a turn", min: 1, max: 15, step: 1, value: 10 },
    { name: "lr", label: "Learning rate", min: 0.05, max: 1, step: 13, value: 0.3, log: true },
    { name: "unit", label: "Hidden unit", min: 0, max: 15, step: 1, value: 3 },
  ],
  draw(place, [first, second], { values: { turns, steps, unit, weights } }) {
    const all = place.clientWidth || 320;
    const small = Math.floor(all < NARROW ? all / 2 : 0.25 * all);
    const curves = new Panel({ width: all < NARROW ? all : all - 2 * small, height: 240, x: [0, 2 * turns * steps], y: [0, 3], title: "loss: first (solid), second (dashed)", xlabel: "epochs of both" });
    for (const [network, begin, look] of [[first, 0, "one"], [second, steps, "two"]]) {
      const at = network.losses.flatMap((turn, number) => turn.map((_, epoch) => begin + 2 * steps * number + epoch));
      curves.line(at, network.losses.flat(), look);
      if (at.length === 1) curves.dots(at, network.losses.flat(), look);
    }
    const pictures = [["first", first], ["second", second]].map(([name, { change }]) => {
      const panel = imagePanel(`${name}: unit ${unit}`, 14, small);
      panel.signed(change);
      return panel;
    });
    place.replaceChildren(...[curves, ...pictures].map((panel) => panel.element));
    const right = [first, second].map((network) => `${(100 * network.right).toFixed(0)}%`);
    const same = weights === "shared" ? "Both have the same weights" : "Each has its own weights";
    return `${same}. The first answers ${right[0]} of 297 new digits right, the second ${right[1]}. The pictures show how the weights of unit ${unit} have changed.`;
  },
};
