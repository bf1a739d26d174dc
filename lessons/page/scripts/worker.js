// Python in a Web Worker. `engine.js` is its only caller.
//
// In:  {boot: {module, packs}} once; then {id, call, args, files} and {mount} as often as wanted.
// Out: {ready}, {id, answer, memory}, {event} while Python works, {fault} if the engine itself broke.

import { ConsoleStdout, Directory, File, OpenFile, PreopenDirectory, WASI, WASIProcExit } from "@bjorn3/browser_wasi_shim";
import { unzipStored } from "./zip.js";

const LIBRARY = "usr/local/lib"; // where the engine looks for its standard library, as one zip
const COURSE = "course";
const MUCH = 2 ** 31; // bytes of memory; WebAssembly has 2 ** 32 at most
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const root = new Directory(new Map());
let python = null;
let answer = null; // the last frame that Python sent as its answer

onmessage = async ({ data }) => {
  try {
    if (data.boot) await boot(data.boot);
    else if (data.mount) mount(data.mount);
    else postMessage({ id: data.id, answer: call(data), memory: python.memory.buffer.byteLength });
  } catch (error) {
    postMessage({ id: data.id, fault: python ? reason(error) : `${error?.message ?? error}` });
  }
};

/** Say why Python has ended, as the learner's code may have caused it. */
function reason(error) {
  if (error instanceof RangeError && /stack|recursion/i.test(error.message)) return "calls, or lists in lists, go deeper than a browser allows";
  if (python.memory.buffer.byteLength > MUCH) return "the memory that a browser allows is used up";
  if (error instanceof WASIProcExit) return "the code has ended Python itself";
  return "the code has made Python crash";
}

async function boot({ module, packs }) {
  for (const folder of ["tmp", COURSE, LIBRARY]) folderAt(folder);
  for (const pack of packs) mount(pack);
  const stream = (name) => ConsoleStdout.lineBuffered((line) => postMessage({ event: { [name]: line } }));
  const preopened = new PreopenDirectory("/", root.contents);
  const descriptors = [new OpenFile(new File([])), stream("stdout"), stream("stderr"), preopened];
  const wasi = new WASI(["python"], ["TMPDIR=/tmp", "HOME=/tmp", "PYTHONTZPATH="], descriptors, { debug: false });
  const instance = await WebAssembly.instantiate(module, {
    wasi_snapshot_preview1: wasi.wasiImport,
    host: { call: answerPython },
  });
  python = instance.exports;
  wasi.inst = instance;
  python._initialize?.();
  perform(`import sys; sys.path[:0] = ["/${COURSE}"]; from lessons.page.kernel import door`);
  postMessage({ ready: true });
}

/** Put a pack into the file system: the standard library as a zip, all others as files. */
function mount({ name, bytes }) {
  if (name === "python") {
    folderAt(LIBRARY).contents.set("python315.zip", new File(bytes));
    return;
  }
  const folder = name === "course" ? COURSE : `${LIBRARY}/${name}`;
  for (const [path, content] of unzipStored(bytes)) write(`${folder}/${path}`, content);
}

function call({ call, args, files }) {
  for (const [path, content] of Object.entries(files ?? {})) write(path, content);
  answer = null;
  perform(`door.answer(${JSON.stringify(JSON.stringify({ call, args }))})`);
  if (answer === null) throw new Error("Python gave no answer");
  return answer;
}

/** Run Python source in the session. */
function perform(source) {
  const bytes = encoder.encode(source);
  const place = python.host_alloc(bytes.length) >>> 0;
  new Uint8Array(python.memory.buffer).set(bytes, place);
  python.turn(place, bytes.length);
}

/** Python's `_host.call(bytes)`: an event for the page, or the answer to the current call. */
function answerPython(from, length, placeOfPlace, placeOfLength) {
  const bytes = new Uint8Array(python.memory.buffer, from >>> 0, length >>> 0).slice();
  const message = JSON.parse(decoder.decode(bytes));
  if ("answer" in message) answer = message.answer;
  else postMessage({ event: message });
  const place = python.host_alloc(1) >>> 0;
  const view = new DataView(python.memory.buffer);
  view.setUint8(place, 0);
  view.setUint32(placeOfPlace >>> 0, place, true);
  view.setUint32(placeOfLength >>> 0, 1, true);
  return 0;
}

function write(path, content) {
  const parts = path.split("/").filter(Boolean);
  const name = parts.pop();
  const folder = folderAt(parts.join("/"));
  if (content === null) folder.contents.delete(name);
  else folder.contents.set(name, new File(typeof content === "string" ? encoder.encode(content) : content));
}

function folderAt(path) {
  let folder = root;
  for (const part of path.split("/").filter(Boolean)) {
    if (!folder.contents.has(part)) {
      const made = new Directory(new Map());
      made.parent = folder;
      folder.contents.set(part, made);
    }
    folder = folder.contents.get(part);
  }
  return folder;
}
