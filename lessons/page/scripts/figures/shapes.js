// 3.3: a digit on its way through an untrained network.

import { imagePanel, Panel, short } from "./plot.js";

const SIDE = 16; // of the square of hidden units
const CLASSES = Array.from({ length: 10 }, (_, digit) => digit);

export default {
  stem: "ch3_3_forward_mlp",
  picture: "shapes",
  title: "A digit on its way through a network: its pixels, the weights of one hidden unit, all hidden units, the probabilities",
  controls: [
    { name: "digit", label: "Digit", min: 0, max: 9, step: 1, value: 3 },
    { name: "unit", label: "Hidden unit", min: 0, max: 255, step: 1, value: 100 },
    { name: "spread", label: "Spread of all weights, as a multiple of He's", min: 0.05, max: 20, step: 24, value: 1, log: true },
    { name: "draw", label: "Draw new weights", draw: true },
  ],
  draw(place, { image, weights, sum, hidden, probabilities, loss, count, mean_loss }, { values: { digit, unit }, controls }) {
    const all = place.clientWidth || 320;
    const width = Math.floor(all / (all < 600 ? 2 : 4));
    const [pixels, seen] = ["X: (1, 784)", `W1[:, ${unit}] on the ink`].map((title) => imagePanel(title, 28, width));
    const units = imagePanel("A1: (1, 256): touch", SIDE, width);
    const classes = new Panel({ width, height: width + 20, x: [-0.6, 9.6], y: [0, 1.15], bare: true, title: "A2: (1, 10)" });
    pixels.heat(image, "ink");
    seen.signed(weights.map((row, i) => row.map((weight, j) => weight * (0.15 + 0.85 * image[i][j]))));
    const top = Math.max(...hidden.flat()) || 1;
    units.heat(hidden.map((row) => row.map((value) => value / top)), "one");
    const [row, column] = [Math.floor(unit / SIDE), unit % SIDE];
    units.frame(row, column);
    units.onCell((i, j) => controls.set("unit", SIDE * i + j));
    classes.bars(CLASSES, probabilities, "one");
    classes.bars([digit], [probabilities[digit]], "two");
    for (const label of CLASSES) classes.text(classes.x(label), classes.y(probabilities[label]) - 4, `${label}`, { "text-anchor": "middle" });
    place.replaceChildren(...[pixels, seen, units, classes].map((panel) => panel.element));
    const on = hidden.flat().filter((value) => value > 0).length;
    const passed = sum > 0 ? "ReLU passes it on" : "ReLU makes it 0";
    const spoken = (number) => short(Number(number.toPrecision(3)));
    return `Unit ${unit} sums to ${spoken(sum)}: ${passed}. ${on} of 256 units are above 0. The probability of ${digit} is ${spoken(probabilities[digit])}, which costs ${spoken(loss)}. The loss of ${count} digits is ${spoken(mean_loss)}; a fair guess costs 2.30.`;
  },
};
