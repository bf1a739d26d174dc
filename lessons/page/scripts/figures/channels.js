// 5.4: what a filter sees of a colored digit, by its weights for the three channels.

import { imagePanel, short } from "./plot.js";

const SIDE = 32;
const COLORS = ["red", "green", "blue"];

export default {
  stem: "ch5_4_color_images",
  picture: "green_minus_blue",
  title: "A colored digit, its three channels, and what a filter with one weight for each channel sees",
  controls: [
    ...COLORS.map((name) => ({ name, label: `Weight for ${name}`, min: -1, max: 1, step: 0.25, value: 1 })),
    { name: "light", label: "Light or shadow on the left half", min: -0.4, max: 0.4, step: 0.05, value: 0 },
    { name: "number", label: "Image", min: 0, max: 29, step: 1, value: 7 },
  ],
  draw(place, { image, label, out }, { values }) {
    const all = place.clientWidth || 320;
    const [large, small] = [Math.min(300, Math.floor(all / 2)), Math.min(200, Math.floor(all / 3))];
    const [whole, seen] = ["the image", "what the filter sees"].map((title) => imagePanel(title, SIDE, large));
    const shown = (value) => Math.round(255 * Math.min(1, Math.max(0, value)));
    whole.pixels(image[0].map((row, i) => row.map((_, j) => image.map((channel) => shown(channel[i][j])))));
    seen.signed(out);
    const channels = COLORS.map((name, c) => {
      const one = imagePanel(`${name}, times ${short(values[name])}`, SIDE, small);
      one.pixels(image[c].map((row) => row.map((value) => [value, value, value].map(shown))));
      return one;
    });
    place.replaceChildren(...[whole, seen, ...channels].map((each) => each.element));
    const sum = COLORS.reduce((total, name) => total + values[name], 0);
    const blind = COLORS.every((name) => values[name] === 0);
    const shade = blind ? "the filter sees nothing" : sum === 0 ? "light and shadow cancel out" : "light and shadow come through";
    return `The weights sum to ${short(sum)}: ${shade}. The label is ${label}.`;
  },
};
