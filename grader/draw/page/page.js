// The page of `grade draw`: the board, with the learner's network behind this address.

import { Board } from "./board.js";

async function ask(name, options) {
  const gone = new Error("`grade draw` has ended: start it again in the terminal.");
  const answer = await fetch(name, options).catch(() => Promise.reject(gone));
  const { problem, ...rest } = await answer.json();
  if (problem) throw new Error(problem);
  return rest;
}

const { text } = await ask("about");
document.getElementById("about").textContent = text;
new Board(document.getElementById("place"), (strokes) => ask("read", { method: "POST", body: JSON.stringify(strokes) }));
