// Fetches the packs of the engine, checks them against their hashes and unpacks them.

import { inflate } from "./zip.js";

const KEPT = "learn-dl-python"; // the name of the browser's cache; `service.js` answers from it

const STALLED = 30; // seconds without a byte, after which a fetch has broken off
const SLOW = 10; // seconds in which a browser's cache answers, or is done without

const BROKEN_OFF = "Fetching Python broke off: check the connection, then press the button again.";
const RENEWED = "This site has been renewed since you opened this page: reload the page. Your code stays.";

/** What the reader is told in one sentence. */
export class Fault extends Error {}

/** Settle as the promise does, or reject with `error` once that many seconds have passed. */
export function within(seconds, promise, error = new Error("it takes too long")) {
  let timer = null;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(error), seconds * 1000)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Return why this browser cannot run Python, or null. */
export function tooOld() {
  if (location.protocol === "file:") {
    return "Python needs a web server: run `python -m http.server` in this folder and open its address.";
  }
  const able = typeof WebAssembly === "object" && typeof DecompressionStream === "function" && typeof Worker === "function";
  return able && hasExceptions() ? null : "This browser is too old for Python in the page: it needs Chrome 137, Firefox 131, Safari 18.4 or later.";
}

/** A module that uses `try_table`, the youngest part of WebAssembly that the engine needs. */
function hasExceptions() {
  const bytes = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 8, 1, 6, 0, 31, 64, 0, 11, 11];
  return WebAssembly.validate(new Uint8Array(bytes));
}

/**
 * Return {bytes(), module()} of a pack {file, sha256, bytes}; `onProgress` is told the bytes so far.
 * With `keep` the browser keeps it for the next time. `signal` ends the fetch.
 */
export async function fetchPack(folder, { file, sha256, bytes }, { onProgress = () => {}, keep = true, signal } = {}) {
  const packed = await kept(`${folder}/${file}`, sha256, bytes, { onProgress, keep, signal });
  return {
    bytes: () => inflate(packed, "gzip"),
    module: () => WebAssembly.compileStreaming(unpackedResponse(packed)),
  };
}

/** Return true if the pack need not be fetched. */
export async function isKept(folder, { file }) {
  return Boolean(await found(await open(), `${folder}/${file}`));
}

/** Delete what this browser keeps of older versions of the site. */
export async function forgetOlder(folder, listed) {
  const cache = await open();
  const current = new Set(Object.values(listed).map(({ file }) => `${folder}/${file}`));
  for (const { url } of (await cache?.keys()) ?? []) {
    if (url.startsWith(`${folder}/`) && !current.has(url)) await cache.delete(url);
  }
}

function unpackedResponse(packed) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream, { headers: { "Content-Type": "application/wasm" } });
}

async function kept(url, sha256, size, { onProgress, keep, signal }) {
  const cache = await open();
  const own = await read(await found(cache, url));
  if (own && (await isIntact(own, sha256))) {
    onProgress(size);
    return own;
  }
  const packed = await download(url, size, onProgress, signal);
  if (!(await isIntact(packed, sha256))) throw new Fault("What was fetched is not the Python of this site: reload the page and try again.");
  if (!keep) return packed;
  try {
    const response = new Response(packed, { headers: { "Content-Type": "application/octet-stream" } });
    if (!cache) throw new Error("no cache");
    await within(SLOW, cache.put(url, response));
  } catch {
    // A full or slow disk, or a private window: Python works, and is fetched again next time.
    dispatchEvent(new CustomEvent("learn-dl-not-kept"));
  }
  return packed;
}

async function download(url, size, onProgress, signal) {
  const broken = new Fault(BROKEN_OFF);
  const packed = new Uint8Array(size);
  const ending = new AbortController(); // a connection may fall silent without ever breaking off
  const inTime = (promise) => within(STALLED, promise, broken);
  let had = 0;
  try {
    const either = AbortSignal.any([ending.signal, ...(signal ? [signal] : [])]);
    const response = await inTime(fetch(url, { cache: "no-store", signal: either }));
    if (response.status === 404) throw new Fault(RENEWED);
    if (!response.ok) throw broken;
    for (const reader = response.body.getReader(); ; ) {
      const { done, value } = await inTime(reader.read());
      if (done) break;
      if (had + value.length > size) throw broken;
      packed.set(value, had);
      had += value.length;
      onProgress(had);
    }
  } catch (error) {
    ending.abort();
    throw error instanceof Fault ? error : broken;
  }
  if (had !== size) throw broken;
  return packed;
}

async function isIntact(packed, sha256) {
  if (!globalThis.crypto?.subtle) return true; // only on a page that is neither https nor local
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", packed));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("") === sha256;
}

async function found(cache, url) {
  try {
    return await within(SLOW, cache?.match(url));
  } catch {
    return null;
  }
}

/** Return the bytes of a kept response; null where there is none, or the disk does not give it. */
async function read(response) {
  try {
    return response ? new Uint8Array(await within(STALLED, response.arrayBuffer())) : null;
  } catch {
    return null;
  }
}

async function open() {
  try {
    return await within(SLOW, globalThis.caches?.open(KEPT));
  } catch {
    return null;
  }
}
