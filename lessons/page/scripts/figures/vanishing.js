// 4.1: how much gradient arrives at each layer.

import { panels, short } from "./plot.js";

export default {
  stem: "ch4_1_deep_mlp",
  picture: "by_depth",
  title: "The size of the weight gradient at each layer of a deep network",
  controls: [
    { name: "layers", label: "Layers", min: 2, max: 20, step: 1, value: 8 },
    { name: "activation", label: "Activation", choices: { sigmoid: "sigmoid", tanh: "tanh", relu: "relu" } },
    { name: "start", label: "First weights", choices: { xavier: "Xavier", he: "He", small: "standard deviation 0.01" } },
    { name: "draw", label: "Draw new weights", draw: true },
  ],
  draw(place, { norms }) {
    const numbers = norms.map((_, index) => index + 1);
    const positive = norms.filter((norm) => norm > 0);
    const low = Math.min(1e-4, 10 ** Math.floor(Math.log10(Math.min(...positive))));
    const [panel] = panels(place, [{ x: [0.4, norms.length + 0.6], y: [low, Math.max(10, ...positive)], logy: true, title: "norm of each layer's weight gradient", xlabel: "layer (1 is next to the input)" }]);
    panel.bars(numbers, norms, "one");
    const ratio = norms.at(-1) / norms[0];
    return `The first layer gets ${short(Number(norms[0].toPrecision(2)))}, the last one ${short(Number(norms.at(-1).toPrecision(2)))}: ${Number.isFinite(ratio) ? `${short(Number(ratio.toPrecision(2)))} times as much` : "nothing arrives at the first"}.`;
  },
};
