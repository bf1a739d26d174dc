// The only script that a page names: it unpacks `course.bin`, which is all the others, so that they
// weigh a third on a host that does not compress. `window.course` is there from the start. The build
// replaces VERSION, so that all scripts of a page come from the same build.

import { tooOld, within } from "./download.js";
import { inflate } from "./zip.js";

const SECONDS = 60; // for some 160 KB
const STATIC = new URL(".", document.currentScript.src).href;
const complaint = tooOld();

window.course = {
  ready: (...options) => loaded.then(() => window.course.ready(...options)),
  check: (...options) => loaded.then(() => window.course.check(...options)),
};
const loaded = complaint ? Promise.reject(new Error(complaint)) : load();
loaded.catch((error) => tell(complaint ?? `The editor could not be loaded (${error.message}): reload the page to try again.`));

async function load() {
  const packed = await within(SECONDS, fetchBytes(new URL(`course.bin?v=${VERSION}`, STATIC)));
  const text = await inflate(packed, "gzip");
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const script = document.createElement("script");
  script.src = address;
  script.dataset.static = STATIC;
  await new Promise((resolve, reject) => {
    Object.assign(script, { onload: resolve, onerror: () => reject(new Error("it cannot run")) });
    document.head.append(script);
  });
  URL.revokeObjectURL(address);
}

async function fetchBytes(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** Say a sentence below the first exercise, whose stub stays where it is. */
function tell(sentence) {
  const note = document.createElement("p");
  note.className = "note";
  note.textContent = sentence.replaceAll("`", "");
  document.querySelector(".exercise[data-function] .stub")?.after(note);
}
