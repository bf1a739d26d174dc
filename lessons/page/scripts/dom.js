// Makes elements: make("p", { class: "note" }, "text", child).

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Return the nodes of a text in which only backticks mean something. */
export function withCode(text) {
  return text.split("`").map((part, index) => (index % 2 ? make("code", {}, part) : part)).filter((part) => part !== "");
}

export const megabytes = (bytes) => `${Math.max(1, Math.round(bytes / 1e6))} MB`;
