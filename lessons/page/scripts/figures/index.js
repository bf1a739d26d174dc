// The figures that live, by lesson. Each module describes one figure:
//
//   stem, picture     the lesson, and the picture in whose place it stands
//   title             what it shows, for readers who do not see it
//   controls          the sliders and choices: see controls.js
//   draw(place, value, { values, controls, course })   draws what Python returned into an element,
//                     and returns a sentence that says the same
//
// The function of the same name in lessons/page/kernel/figures/<stem>.py computes `value`. A figure may
// name another function in `call`, `[name, args]`, the text of its button in `invitation`, what the
// reader waits for in `waiting`, and how long that may take in `seconds`.

import channels from "./channels.js";
import convolution from "./convolution.js";
import descent from "./descent.js";
import { boards } from "./digits.js";
import dropout from "./dropout.js";
import evidence from "./evidence.js";
import layer from "./layer.js";
import { Living } from "./living.js";
import means from "./means.js";
import mistake from "./mistake.js";
import momentum from "./momentum.js";
import noise from "./noise.js";
import objects from "./objects.js";
import { moons, perceptron } from "./plane.js";
import shapes from "./shapes.js";
import softmax from "./softmax.js";
import steps from "./steps.js";
import valley from "./valley.js";
import vanishing from "./vanishing.js";

export const FIGURES = [
  means, layer, evidence, mistake, descent, noise, steps, perceptron, softmax, shapes, vanishing, convolution, dropout, momentum, valley, objects,
  moons, channels, ...boards,
];

/** Let the figures of this page live. */
export function bringToLife(course) {
  return FIGURES.flatMap((figure) => {
    const still = document.querySelector(`figure.picture[data-stem="${figure.stem}"][data-picture="${figure.picture}"]`);
    return still ? [new Living(still, figure, course)] : [];
  });
}
