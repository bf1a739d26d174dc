// The settings of a figure, as native controls, so that keyboard and touch work by themselves.
//
//   { name, label, min, max, step, value }   a slider; `log: true` for steps that multiply, where
//                                            `step` is the number of steps; `show(value)` is its text
//   { name, label, choices: { value: text } }                                              a choice
//   { name, label, draw: true }              a button that counts, for another random draw

import { make } from "../dom.js";

const PRECISION = 3;

export class Controls {
  constructor(described, onChange) {
    this.values = {};
    this.parts = described.map((control) => this.make(control, onChange));
    this.element = make("div", { class: "controls" }, ...this.parts.map((part) => part.element));
  }

  /** Set a value from outside, as when the reader touches the drawing. */
  set(name, value) {
    this.parts.find((part) => part.name === name).set(value);
  }

  make(control, onChange) {
    const tell = (value) => {
      this.values[control.name] = value;
      onChange();
    };
    const part = control.draw ? button(control, tell) : control.choices ? choice(control, tell) : slider(control, tell);
    this.values[control.name] = part.value;
    return { name: control.name, ...part };
  }
}

function slider({ label, min, max, step, value, log, show }, tell) {
  const there = log ? (at) => Number((min * (max / min) ** (at / step)).toPrecision(PRECISION)) : Number;
  const back = log ? (number) => Math.round((step * Math.log(number / min)) / Math.log(max / min)) : Number;
  const text = show ?? ((number) => `${number}`.replace("-", "\u2212"));
  const input = make("input", { type: "range", ...(log ? { min: 0, max: step, step: 1 } : { min, max, step }), value: back(value) });
  const output = make("output", {});
  const shown = () => {
    output.textContent = text(there(input.value));
    input.setAttribute("aria-valuetext", output.textContent);
  };
  const changed = () => {
    shown();
    tell(there(input.value));
  };
  input.addEventListener("input", changed);
  shown();
  const set = (number) => {
    input.value = back(number);
    changed();
  };
  return { element: make("label", { class: "slider" }, make("span", {}, label), output, input), value: there(input.value), set };
}

function choice({ label, choices }, tell) {
  const options = Object.entries(choices).map(([value, text]) => make("option", { value }, text));
  const select = make("select", { onchange: () => tell(select.value) }, ...options);
  const set = (value) => {
    select.value = value;
    tell(value);
  };
  return { element: make("label", { class: "choice" }, make("span", {}, label), select), value: select.value, set };
}

function button({ label }, tell) {
  let count = 0;
  const press = () => tell((count += 1));
  return { element: make("button", { type: "button", onclick: press }, label), value: 0, set: press };
}
