// The learner's work in this browser: the chapters' files, and the progress as the terminal keeps it.

import data from "course-data";
import { join, split } from "./parts.js";

export const PROGRESS = ".learn-dl-progress.json";
export const RESULTS = ".learn-dl-results.json";
export const NOT_KEPT = "This browser keeps nothing for this page (its disk is full, or the window is private): download your course before you close it.";
export const chapters = new Map(data.chapters.map((chapter) => [chapter.stem, chapter]));

const KEYS = [...[...chapters.keys()].map((stem) => `${stem}.py`), PROGRESS, RESULTS, "state"];

/** The parts, and those of the stub that they lack: an older version of the site did not have them. */
const withMissing = (parts, stub) => [...parts, ...stub.filter(([name]) => !parts.some(([known]) => known === name))];

export class Store extends EventTarget {
  /** `site` tells sites on the same host apart. */
  constructor(site) {
    super();
    this.prefix = `learn-dl:${site}:`;
    this.memory = new Map(); // where the browser keeps nothing
    this.lost = false;
    addEventListener("storage", (event) => {
      if (event.key?.startsWith(this.prefix)) this.changed(event.key.slice(this.prefix.length));
    });
    // A page that "Back" brings back as it was has heard of nothing in between.
    addEventListener("pageshow", (event) => event.persisted && KEYS.forEach((key) => this.changed(key)));
  }

  get(key) {
    if (this.memory.has(key)) return this.memory.get(key);
    try {
      return localStorage.getItem(this.prefix + key);
    } catch {
      return null;
    }
  }

  set(key, text) {
    try {
      if (text === null) localStorage.removeItem(this.prefix + key);
      else localStorage.setItem(this.prefix + key, text);
      this.memory.delete(key);
    } catch {
      this.memory.set(key, text);
      if (!this.lost) {
        this.lost = true;
        this.dispatchEvent(new Event("lost"));
      }
    }
    this.changed(key);
  }

  changed(key) {
    this.dispatchEvent(new CustomEvent("change", { detail: key }));
  }

  /** The parts of a chapter's file: {before, parts, after}. */
  file(stem) {
    const { functions, stub } = chapters.get(stem);
    const fresh = split(stub, Object.keys(functions));
    try {
      const kept = JSON.parse(this.get(`${stem}.py`));
      return kept ? { ...kept, parts: withMissing(kept.parts, fresh.parts) } : fresh;
    } catch {
      return fresh;
    }
  }

  part(stem, name) {
    return this.file(stem).parts.find(([known]) => known === name)?.[1] ?? "";
  }

  setPart(stem, name, text) {
    const file = this.file(stem);
    file.parts = file.parts.map(([known, old]) => [known, known === name ? text : old]);
    this.set(`${stem}.py`, JSON.stringify(file));
  }

  /** Take over a file from elsewhere; functions that it lacks come from the stub. */
  setText(stem, text) {
    const names = Object.keys(chapters.get(stem).functions);
    const file = split(text, names);
    file.parts = withMissing(file.parts, split(chapters.get(stem).stub, names).parts);
    this.set(`${stem}.py`, JSON.stringify(file));
  }

  text(stem) {
    return this.hasBegun(stem) ? join(this.file(stem)) : chapters.get(stem).stub;
  }

  stub(stem, name) {
    const { functions, stub } = chapters.get(stem);
    return split(stub, Object.keys(functions)).parts.find(([known]) => known === name)?.[1] ?? "";
  }

  hasBegun(stem) {
    return this.get(`${stem}.py`) !== null;
  }

  /** [path, text] of each file of the learner's course. */
  *files() {
    for (const stem of chapters.keys()) {
      if (this.hasBegun(stem)) yield [`exercises/${stem}.py`, this.text(stem)];
    }
    for (const name of [PROGRESS, RESULTS]) {
      if (this.get(name) !== null) yield [name, this.get(name)];
    }
  }

  /** All that is kept, for `restore`. */
  snapshot() {
    return KEYS.map((key) => [key, this.get(key)]);
  }

  restore(snapshot) {
    for (const [key, text] of snapshot) if (this.get(key) !== text) this.set(key, text);
  }

  clear() {
    for (const key of KEYS) this.set(key, null);
  }

  /** {score, max_score, chapters} of the last check. */
  state() {
    const full = data.chapters.reduce((sum, { functions }) => sum + Object.values(functions).reduce((a, b) => a + b, 0), 0);
    const nothing = { score: 0, max_score: full, chapters: {} };
    try {
      return { ...nothing, ...JSON.parse(this.get("state")), max_score: full };
    } catch {
      return nothing;
    }
  }
}
