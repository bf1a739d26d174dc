// The figures that live, by lesson. Each module describes one figure:
//
//   stem, picture     the lesson, and the picture in whose place it stands
//   title             what it shows, for readers who do not see it
//   controls          the sliders and choices: see controls.js
//   draw(place, value, values)   draws what Python returned into an element, and returns a
//                     sentence that says the same
//   seconds           how long Python may take; optional
//
// The function of the same name in lessons/page/kernel/figures/<stem>.py computes `value`.

import { Living } from "./living.js";
import softmax from "./softmax.js";

const FIGURES = [softmax];

/** Let the figures of this page live. */
export function bringToLife(course) {
  return FIGURES.flatMap((figure) => {
    const still = document.querySelector(`figure.picture[data-stem="${figure.stem}"][data-picture="${figure.picture}"]`);
    return still ? [new Living(still, figure, course)] : [];
  });
}
