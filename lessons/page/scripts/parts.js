// A chapter's file in parts: each graded function with what stands before it, so that the editors
// of a page together make up the file.

/** Return {before, parts: [[name, text]], after}; `names` are the chapter's graded functions. */
export function split(text, names) {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const blocks = topLevelBlocks(lines);
  const found = { before: [], parts: [], after: [] };
  let waiting = []; // helpers go with the graded function that follows them
  let begun = false;
  for (const { name, rows } of blocks) {
    if (name === "demo" || name === "__main__") {
      found.after.push(...waiting, ...rows);
      waiting = [];
    } else if (names.includes(name) && !found.parts.some(([known]) => known === name)) {
      found.parts.push([name, [...waiting, ...rows]]);
      waiting = [];
      begun = true;
    } else if (found.after.length) found.after.push(...rows);
    else if (!begun && name === null) found.before.push(...waiting.splice(0), ...rows);
    else waiting.push(...rows);
  }
  if (waiting.length) found.after.unshift(...waiting);
  const whole = (rows) => rows.join("\n");
  const parts = found.parts.map(([name, rows]) => [name, whole(rows).trim()]);
  return { before: whole(found.before).trim(), parts, after: whole(found.after).trim() };
}

/** Return the file's text. */
export function join({ before, parts, after }) {
  return [before, ...parts.map(([, text]) => text), after].filter(Boolean).map((text) => text.trim()).join("\n\n\n") + "\n";
}

/** Return the number of the file's line on which a part begins, from 1. */
export function firstLine(file, name) {
  const at = file.parts.findIndex(([known]) => known === name);
  const above = { before: file.before, parts: file.parts.slice(0, at), after: "" };
  const text = join(above);
  return text.trim() ? text.split("\n").length + 2 : 1;
}

function topLevelBlocks(lines) {
  const blocks = [{ name: null, rows: [] }];
  let quote = null; // the quotation marks of a text that goes on over lines
  let open = null; // the decorators and comments above a definition
  for (const line of lines) {
    const outside = quote === null;
    quote = quoteAfter(line, quote);
    if (outside && /^(@|#)/.test(line)) {
      open ??= { name: null, rows: [] };
      open.rows.push(line);
      continue;
    }
    const name = outside && /^(?:async )?(?:def|class)\s+(\w+)|^if (__name__)\b/.exec(line);
    const starts = outside && /^\S/.test(line) && !/^[)\]}]/.test(line);
    if (name) blocks.push({ name: name[2] ? "__main__" : name[1], rows: open?.rows ?? [] });
    else if (starts && blocks.at(-1).name !== null) blocks.push({ name: null, rows: open?.rows ?? [] });
    else if (open) blocks.at(-1).rows.push(...open.rows);
    open = null;
    blocks.at(-1).rows.push(line);
  }
  if (open) blocks.at(-1).rows.push(...open.rows);
  return blocks;
}

function quoteAfter(line, quote) {
  for (let at = 0; at < line.length; at += 1) {
    const three = line.slice(at, at + 3);
    if (quote) {
      if (line[at] === "\\") at += 1;
      else if (line.startsWith(quote, at)) [quote, at] = [null, at + 2];
    } else if (three === '"""' || three === "'''") [quote, at] = [three, at + 2];
    else if (line[at] === "#") break;
    else if (line[at] === '"' || line[at] === "'") {
      const end = /^(?:\\.|[^\\])*?(['"])/.test(line.slice(at + 1)) ? endOfString(line, at) : line.length;
      at = end;
    }
  }
  return quote;
}

function endOfString(line, at) {
  const mark = line[at];
  for (let end = at + 1; end < line.length; end += 1) {
    if (line[end] === "\\") end += 1;
    else if (line[end] === mark) return end;
  }
  return line.length;
}
