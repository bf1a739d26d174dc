// Starts the page's own parts: an editor for each exercise, the reader's work, `window.course`.

import data from "course-data";
import { fetchPack, forgetOlder, isKept } from "./download.js";
import { Broke, Engine, TookTooLong } from "./engine.js";
import { Exercise } from "./exercise.js";
import { bringToLife, FIGURES } from "./figures/index.js";
import { chapters, PROGRESS, RESULTS, Store } from "./store.js";
import { Work } from "./work.js";
import { unzipStored } from "./zip.js";

const STATIC = new URL(document.currentScript.dataset.static);
const SITE = new URL("..", STATIC);
const LESSONS = "learn-dl-lessons"; // the cache that `service.js` answers from

class Course {
  constructor() {
    this.store = new Store(SITE.pathname);
    this.engine = new Engine(new URL("engine", STATIC).href, data);
    this.chapters = chapters;
  }

  /** Start Python if it is not running. */
  ready(onProgress) {
    return this.engine.boot(onProgress).then(() => this.keepForOffline());
  }

  /** Grade one function of a chapter file's source. */
  async check(stem, name, source, options = {}) {
    return this.checked(stem, name, source, options);
  }

  /** Grade a function as the reader has written it, and keep the result. */
  async checkAndRecord(stem, name, options = {}) {
    const verdict = await this.checked(stem, name, this.store.text(stem), { ...options, record: true });
    if (verdict.progress) {
      this.store.set(PROGRESS, verdict.progress);
      this.store.set(RESULTS, verdict.results);
      this.store.set("state", JSON.stringify(verdict.state));
    }
    this.keepForOffline();
    return verdict;
  }

  async checked(stem, name, source, { record = false, ...options }) {
    try {
      return await this.call("checking.check", { stem, name, source, record }, options);
    } catch (error) {
      if (!(error instanceof TookTooLong || error instanceof Broke)) throw error;
      this.engine.boot().catch(() => {});
      return withoutVerdict(stem, name, error);
    }
  }

  /** Call Python with the reader's files in place. */
  call(name, args, options) {
    this.engine.files.clear();
    for (const stem of chapters.keys()) this.engine.files.set(`learner/exercises/${stem}.py`, null);
    for (const path of [PROGRESS, RESULTS]) this.engine.files.set(`learner/${path}`, null);
    for (const [path, text] of this.store.files()) this.engine.files.set(`learner/${path}`, text);
    if (args.source) args = { ...args, source: args.source.toWellFormed() }; // half a character fits no file
    return this.engine.call(name, args, options);
  }

  /** Keep all lessons for reading without the network, once somebody has asked for Python. */
  keepForOffline() {
    this.keeping ??= this.keep().catch(() => (this.keeping = null));
  }

  async keep() {
    if (!("serviceWorker" in navigator)) return;
    const address = `${this.engine.folder}/engine.json`;
    const listing = await fetch(address);
    const { packs } = await listing.clone().json();
    const cache = await caches.open(LESSONS);
    const mark = new URL(packs.site.file, SITE).href; // tells which build is kept, once all of it is
    if (!(await cache.match(mark))) {
      const pack = await fetchPack(this.engine.folder, packs.site, { keep: false });
      await replaceAll(cache, unzipStored(await pack.bytes()));
      await cache.put(address, listing);
      await cache.put(mark, new Response(""));
    }
    await forgetOlder(this.engine.folder, packs);
  }

  /** Renew what is kept for offline use, if the site is a newer one; a new engine is asked for. */
  async renew() {
    const { folder, listed, first } = this.engine;
    if (!(await isKept(folder, listed.wasm))) return;
    for (const name of first) if (!(await isKept(folder, listed[name]))) await fetchPack(folder, listed[name]);
    this.keepForOffline();
  }
}

/** Put the files of a build in place of those of an older one. */
async function replaceAll(cache, files) {
  const older = new Set((await cache.keys()).map(({ url }) => url).filter((url) => url.startsWith(SITE.href)));
  for (const [path, bytes] of files) {
    const { href } = new URL(path, SITE);
    await cache.put(href, new Response(bytes, { headers: { "Content-Type": typeOf(path) } }));
    older.delete(href);
  }
  for (const url of older) await cache.delete(url);
}

/** Keep the page that is open, which was loaded before the service worker was there. */
async function keepThisPage() {
  await navigator.serviceWorker.ready;
  const cache = await caches.open(LESSONS);
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  for (const url of [location.href, ...loaded]) {
    const address = new URL(url);
    address.search = address.hash = "";
    if (!address.href.startsWith(SITE.href) || address.href.endsWith(".gz") || (await cache.match(address))) continue;
    await cache.put(address, await fetch(url, { cache: "force-cache" }));
  }
}

const TYPES = { html: "text/html", js: "text/javascript", css: "text/css", svg: "image/svg+xml", json: "application/json", png: "image/png", woff2: "font/woff2", woff: "font/woff", txt: "text/plain" };
const typeOf = (path) => TYPES[path.split(".").at(-1)] ?? "application/octet-stream";

/** The verdict on a function in which Python had to be ended, or has ended. */
function withoutVerdict(stem, name, { reason, seconds, place }) {
  const where = place ? ` in line ${place.line} of \`${place.file}\`` : "";
  const sentence = reason
    ? `While \`${name}\` was checked${where}, Python broke: ${reason}. Python restarts.`
    : `\`${name}\` was still running after ${Math.round(seconds)} s${where} and was stopped. Python restarts.`;
  const max_score = chapters.get(stem).functions[name];
  const status = reason ? "crashed" : "timeout";
  return { status, works: false, score: 0, max_score, misconceptions: [], text: sentence, sentence, seconds, checks: [], built_on: [] };
}

function showWork(course) {
  const article = document.querySelector("article");
  const map = document.querySelector(".course-map");
  if (!map && !course.exercises.length) return; // the search page and the like
  const work = new Work(course.store);
  const { element } = work;
  addEventListener("learn-dl-not-kept", () => work.say("This browser could not keep Python (its disk is full, or the window is private): it will be fetched again next time."));
  const first = article?.querySelector("section > p");
  if (map && first) first.after(element);
  else article?.append(element);
}

const course = new Course();
window.course = course;
const boxes = [...document.querySelectorAll(".exercise[data-function]")];
course.exercises = boxes.map((box) => new Exercise(box, course));
course.listedFigures = FIGURES;
course.figures = bringToLife(course);
showWork(course);
navigator.serviceWorker
  ?.register(new URL("service.js", SITE))
  .then(keepThisPage)
  .then(() => course.renew())
  .catch(() => {}); // reading and checking work without it, but not offline
