// 1.3: evidence adds up as log odds; the sigmoid leads back to a probability.

import { decimals, fixed, panels } from "./plot.js";

const CLUES = [["free", "The word \u201cfree\u201d"], ["link", "A link"], ["known", "A known sender"]];
const signed = (value) => `${value < 0 ? "\u2212" : "+"} ${decimals(Math.abs(value))}`;

export default {
  stem: "ch1_3_activation_basics",
  picture: "probability_and_logit",
  title: "The sigmoid, and the steps that the clues in a mail take along it",
  controls: [
    { name: "share", label: "Spam among all mails", min: 0.01, max: 0.99, step: 0.01, value: 0.2, show: (share) => `${Math.round(100 * share)}%` },
    ...CLUES.map(([name, label]) => ({ name, label, choices: { yes: "yes", no: "no" } })),
  ],
  draw(place, { axis, curve, weights, logits, probabilities }, { values }) {
    const [panel] = panels(place, [{ x: [axis[0], axis.at(-1)], y: [-0.03, 1.03], yticks: [0, 0.25, 0.5, 0.75, 1], height: 300, title: "dashed: the evidence; solid: what it changes", xlabel: "log odds z" }]);
    panel.line(axis, curve, "one");
    const steps = CLUES.flatMap(([name, label], index) => (values[name] === "yes" ? [{ name, label, index }] : []));
    for (const { name, index } of steps) {
      const [[from, to], [low, high]] = [logits, probabilities].map((each) => each.slice(index, index + 2));
      panel.line([from, to], [low, low], "two");
      panel.line([to, to], [low, high], "three");
      panel.text(panel.x((from + to) / 2), panel.y(low) - 5, name, { class: "number haloed", "text-anchor": "middle" });
    }
    panel.dots([logits[0]], [probabilities[0]], "faint ringed", 6);
    panel.dots([logits.at(-1)], [probabilities.at(-1)], "two ringed", 7);
    const terms = [decimals(logits[0]), ...steps.map(({ index }) => signed(weights[index]))];
    const sum = steps.length ? `${terms.join(" ")} = ${decimals(logits.at(-1))}` : terms[0];
    const odds = Math.exp(Math.abs(logits.at(-1)));
    const ratio = logits.at(-1) < 0 ? `1 : ${fixed(odds)}` : `${fixed(odds)} : 1`;
    const percent = (index) => `${fixed(100 * probabilities.at(index))}%`;
    const moves = steps.map(({ label, index }) => `${label}: ${percent(index)} becomes ${percent(index + 1)}.`);
    return `z = ${sum}, odds ${ratio}, probability ${percent(-1)}. ${moves.join(" ")}`;
  },
};
