// Zip archives: those of the build, which are stored, and those that learners save and open.

const LOCAL = 0x04034b50;
const ENTRY = 0x02014b50;
const END = 0x06054b50;
const STORED = 0;
const DEFLATED = 8;
const MOST_BYTES = 64 * 2 ** 20; // unpacked, of an archive that somebody opens

/** Yield [path, bytes] of each file in an archive without compression. */
export function* unzipStored(bytes) {
  for (const { name, method, data } of entries(bytes)) {
    if (method !== STORED) throw new Error(`${name} is compressed`);
    yield [name, data];
  }
}

/** Return a Map of path to bytes for an archive from anywhere. */
export async function unzip(bytes) {
  const files = new Map();
  let total = 0;
  for (const { name, method, data, size } of entries(bytes)) {
    total += size;
    if (total > MOST_BYTES) throw new Error("the zip is too large");
    if (method !== STORED && method !== DEFLATED) throw new Error(`${name} cannot be unpacked`);
    const unpacked = method === STORED ? data : await inflate(data, "deflate-raw", size);
    files.set(name, unpacked);
  }
  return files;
}

/** Unpack bytes; `format` is one of DecompressionStream's. Stops at `most` bytes. */
export async function inflate(bytes, format, most = Infinity) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format));
  const parts = [];
  let length = 0;
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > most) throw new Error("the zip is damaged");
    parts.push(value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Return an archive of [path, text or bytes] pairs as a Blob. */
export function zip(pairs) {
  const encoder = new TextEncoder();
  const files = [];
  const index = [];
  let offset = 0;
  for (const [path, content] of pairs) {
    const name = encoder.encode(path);
    const data = typeof content === "string" ? encoder.encode(content) : content;
    const common = [[20, 2], [0x800, 2], [STORED, 2], ...dosTime(new Date()), [crc32(data), 4]];
    common.push([data.length, 4], [data.length, 4], [name.length, 2], [0, 2]);
    const local = fields([[LOCAL, 4], ...common]);
    index.push(fields([[ENTRY, 4], [20, 2], ...common, [0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]]), name);
    files.push(local, name, data);
    offset += local.length + name.length + data.length;
  }
  const length = index.reduce((sum, part) => sum + part.length, 0);
  const count = index.length / 2;
  const end = fields([[END, 4], [0, 2], [0, 2], [count, 2], [count, 2], [length, 4], [offset, 4], [0, 2]]);
  return new Blob([...files, ...index, end], { type: "application/zip" });
}

function* entries(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder();
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== END) end -= 1;
  if (end < 0) throw new Error("this is not a zip file");
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
    if (view.getUint32(at, true) !== ENTRY) throw new Error("the zip is damaged");
    const number = (offset, wide) => (wide ? view.getUint32(at + offset, true) : view.getUint16(at + offset, true));
    const [packed, size] = [number(20, true), number(24, true)];
    const name = decoder.decode(bytes.subarray(at + 46, at + 46 + number(28)));
    const local = number(42, true);
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    if (!name.endsWith("/")) yield { name, method: number(10), size, data: bytes.subarray(start, start + packed) };
    at += 46 + number(28) + number(30) + number(32);
  }
}

function fields(list) {
  const view = new DataView(new ArrayBuffer(list.reduce((sum, [, width]) => sum + width, 0)));
  let at = 0;
  for (const [value, width] of list) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += width;
  }
  return new Uint8Array(view.buffer);
}

function dosTime(date) {
  const time = (date.getHours() << 11) | (date.getMinutes() << 5) | (date.getSeconds() >> 1);
  const day = ((date.getFullYear() - 1980) << 9) | ((date.getMonth() + 1) << 5) | date.getDate();
  return [[time, 2], [day, 2]];
}

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit += 1) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n;
});

function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 255];
  return ~crc >>> 0;
}
