// 2.3: small batches give noisy gradients, and many steps.

import { panels } from "./plot.js";

export default {
  stem: "ch2_3_mini_batches",
  picture: "gradient_noise",
  title: "The gradients of mini-batches around the gradient of all examples, and the losses of training",
  controls: [
    { name: "batch_size", label: "Examples in a batch", min: 1, max: 128, step: 7, value: 16, log: true },
    { name: "draw", label: "Shuffle again", draw: true },
  ],
  draw(place, { gradients, full, spread, epochs, losses }, { values }) {
    const reach = 1.6;
    const [left, right] = panels(place, [
      { x: [full[0] - reach, full[0] + reach], y: [full[1] - reach, full[1] + reach], title: "gradient of each batch, and of all", xlabel: "dW[0]", ylabel: "" },
      { x: [0, Math.ceil(epochs.at(-1)) || 1], y: [0, 1.2], title: "loss of each batch in training", xlabel: "epoch" },
    ]);
    left.dots(gradients.map(([x]) => x), gradients.map(([, y]) => y), "one", 3);
    left.dots([full[0]], [full[1]], "two ringed", 7);
    right.line(epochs, losses, "one thin");
    return `${gradients.length} batches of ${values.batch_size}. Their gradients lie ${spread.toFixed(3)} from the full one, as a root mean square. Training takes ${losses.length} steps in ${Math.round(epochs.at(-1)) || 1} epochs.`;
  },
};
