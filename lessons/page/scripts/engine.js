// Python in the page, behind one small interface; nothing else knows which Python it is.
//
//   await engine.boot(onProgress)             fetch, unpack and start; only when a reader asks
//   await engine.call(name, args, options)    call a function of lessons/page/kernel, JSON both ways
//   engine.interrupt()                        end what runs or starts; the next call starts Python again
//   engine.files                              Map of path to text, in Python's file system
//   engine.memory                             bytes that Python has, after a call
//   engine.state                              "off", "starting", "ready" or "busy"
//   await engine.cost()                       bytes that boot would have to fetch now, 0 when kept
//
// One call runs at a time, others wait. `options.signal` ends a call, whether it waits, starts Python
// or runs, and leaves the others alone. Nothing waits without an end: for the network, for Python's
// start and for Python's answer there are limits. Python tells how long the learner's code may take; what
// takes longer than that, or than `options.seconds`, is ended with a `TookTooLong`, which knows the
// learner's line that Python was in, as `Broke` does.

import workerText from "course-worker"; // within the page's scripts, so that both are of one build
import { Fault, fetchPack, isKept, tooOld, within } from "./download.js";

const PATIENCE = 600; // seconds for what is not the learner's code: a diagnosis may train, too
const TO_START = 180; // seconds, once all is fetched; a slow phone may need a minute
const MOST_MEMORY = 2 ** 30; // bytes; WebAssembly gives none back, so a Python with more starts anew
const MORE = 1.5; // seconds after which Python is ended that did not end a learner's call itself

export class TookTooLong extends Error {
  constructor(seconds, place) {
    super(`it was still running after ${seconds} s`);
    Object.assign(this, { seconds, place });
  }
}

/** Python has ended, or cannot go on; `place` is the learner's line, if it was in one. */
export class Broke extends Fault {
  constructor(reason, place) {
    super(`Python broke: ${reason}. It restarts with the next press.`);
    Object.assign(this, { reason, place });
  }
}

export class Interrupted extends Error {
  constructor() {
    super("stopped");
  }
}

export class Engine extends EventTarget {
  /** `folder` is the address of the packs; `first` names those that the first check needs. */
  constructor(folder, { first, packs }) {
    super();
    Object.assign(this, { folder, first, listed: packs });
    this.files = new Map();
    this.state = "off";
    this.packs = new Map(); // name: {name, bytes}, kept for the next start
    this.turn = Promise.resolve();
    this.waiting = 0; // calls that have not ended
    this.number = 0;
    this.ending = new AbortController(); // of the Python that starts or runs
    this.watching = new Set(); // of those who wait for Python's start, what tells them its progress
  }

  async cost() {
    if (this.module) return 0;
    const missing = this.first.map(async (name) => ((await isKept(this.folder, this.listed[name])) ? 0 : this.listed[name].bytes));
    return (await Promise.all(missing)).reduce((sum, bytes) => sum + bytes, 0);
  }

  async boot(onProgress = () => {}) {
    this.watching.add(onProgress);
    try {
      this.starting ??= this.begin();
      await this.starting;
    } finally {
      this.watching.delete(onProgress);
    }
  }

  /** Start Python, until that fails or `drop` ends it. */
  begin() {
    const { ending } = this;
    const starting = Promise.race([this.start(ending.signal), aborted(ending.signal)]);
    starting.catch(() => this.ending === ending && this.drop());
    return starting;
  }

  async start(signal) {
    const complaint = tooOld();
    if (complaint) throw new Fault(complaint);
    this.set("starting");
    const onProgress = (...progress) => this.watching.forEach((watch) => watch(...progress));
    const missing = this.first.filter((name) => !this.packs.has(name) && !(name === "wasm" && this.module));
    const total = missing.reduce((sum, name) => sum + this.listed[name].bytes, 0);
    const had = {};
    const fetched = missing.map((name) =>
      this.fetch(name, signal, (bytes) => {
        had[name] = bytes;
        onProgress(Object.values(had).reduce((sum, part) => sum + part, 0), total);
      }),
    );
    await Promise.all(fetched);
    signal.throwIfAborted();
    const late = new Fault(`Python did not start within ${TO_START} s: press the button again, or reload the page.`);
    await within(TO_START, this.startWorker(), late);
    this.set("ready");
  }

  async fetch(name, signal, onProgress = () => {}) {
    const pack = await fetchPack(this.folder, this.listed[name], { onProgress, signal });
    const late = new Fault("Python could not be unpacked: press the button again, or reload the page.");
    if (name === "wasm") this.module = await within(TO_START, pack.module(), late);
    else this.packs.set(name, { name, bytes: await within(TO_START, pack.bytes(), late) });
  }

  startWorker() {
    const address = URL.createObjectURL(new Blob([workerText], { type: "text/javascript" }));
    this.worker = new Worker(address);
    return new Promise((resolve, reject) => {
      this.worker.onmessage = ({ data }) => (data.ready ? resolve() : data.fault ? reject(new Fault(data.fault)) : 0);
      this.worker.onerror = (event) => reject(new Fault(`Python did not start: ${event.message ?? "it gave no reason"}`));
      this.worker.postMessage({ boot: { module: this.module, packs: [...this.packs.values()] } });
    }).finally(() => URL.revokeObjectURL(address));
  }

  /**
   * Call a function of the kernel; `options`: seconds, signal, onProgress, and onEvent(event), which
   * is told `{waits: true}` where other calls come first, and `{begins: true}`.
   */
  call(name, args = {}, options = {}) {
    const { signal = new AbortController().signal, onEvent } = options;
    let runs = false;
    if (this.waiting++) onEvent?.({ waits: true });
    const result = this.turn.then(() => {
      if (signal.aborted) throw new Interrupted();
      runs = true;
      return this.callNow(name, args, options);
    });
    this.turn = result.then(
      () => this.waiting--,
      () => this.waiting--,
    );
    signal.addEventListener("abort", () => runs && this.interrupt());
    return Promise.race([result.finally(() => (runs = false)), aborted(signal)]);
  }

  async callNow(name, args, options) {
    for (;;) {
      await this.boot(options.onProgress);
      if (!this.worker) throw new Interrupted();
      options.onEvent?.({ begins: true });
      const answer = await this.once(name, args, options);
      if (answer.error) {
        this.drop();
        throw new Broke(`the grader cannot cope with this code (${answer.error})`);
      }
      const missing = (answer.needs ?? []).filter((pack) => !this.packs.has(pack));
      if (!missing.length) return answer.value;
      for (const pack of missing) {
        const { signal } = this.ending;
        await Promise.race([this.fetch(pack, signal), aborted(signal)]);
        this.worker?.postMessage({ mount: this.packs.get(pack) });
      }
    }
  }

  once(name, args, { seconds = PATIENCE, onEvent = () => {} }) {
    const id = ++this.number;
    let place = null;
    this.set("busy");
    return new Promise((resolve, reject) => {
      const end = (outcome, value) => {
        clearTimeout(timer);
        this.stop = null;
        this.set(this.worker ? "ready" : "off");
        outcome(value);
      };
      let timer = null;
      const allow = (limit, more = 0) => {
        clearTimeout(timer);
        timer = setTimeout(() => this.stop(new TookTooLong(limit, place)), (limit + more) * 1000);
      };
      allow(seconds);
      this.stop = (error) => {
        this.drop();
        end(reject, error);
      };
      this.worker.onmessage = ({ data }) => {
        if (data.event?.place) place = data.event.place;
        if (data.event && "limit" in data.event) allow(data.event.limit ?? seconds, data.event.limit ? MORE : 0);
        if (data.event) onEvent(data.event);
        else if (data.id === id && data.fault) this.stop(new Broke(data.fault, place));
        else if (data.id === id) {
          this.memory = data.memory;
          if (this.memory > MOST_MEMORY) this.drop();
          end(resolve, data.answer);
        }
      };
      this.worker.onerror = (event) => this.stop(new Broke(event.message ?? "it gave no reason", place));
      this.worker.postMessage({ id, call: name, args, files: Object.fromEntries(this.files) });
    });
  }

  interrupt() {
    if (this.stop) this.stop(new Interrupted());
    else this.drop();
  }

  drop() {
    this.worker?.terminate();
    this.worker = this.starting = null;
    this.ending.abort();
    this.ending = new AbortController();
    this.set("off");
  }

  set(state) {
    if (this.state === state) return;
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }
}

/** A promise that is rejected once the signal says so. */
function aborted(signal) {
  return new Promise((_, reject) => {
    const end = () => reject(new Interrupted());
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}
