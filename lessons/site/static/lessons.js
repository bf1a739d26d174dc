// Small comforts. Every page is complete without them.

// Paper cannot be unfolded: print what is folded, except hints, then fold it again.
let unfolded = [];
addEventListener("beforeprint", () => {
  unfolded = [...document.querySelectorAll("article details:not([open]):not(.hint)")];
  for (const part of unfolded) part.open = true;
});
addEventListener("afterprint", () => {
  for (const part of unfolded) part.open = false;
});

// A link to something inside a folded part opens it.
function unfoldTarget() {
  let id = "";
  try {
    id = decodeURIComponent(location.hash.slice(1));
  } catch {
    return; // not a name that the page could have given
  }
  const target = id ? document.getElementById(id) : null;
  for (let part = target?.closest("details"); part; part = part.parentElement.closest("details")) {
    part.open = true;
  }
}
addEventListener("hashchange", unfoldTarget);
unfoldTarget();

// On the map, a chapter shows what it needs.
for (const chapter of document.querySelectorAll(".course-map a")) {
  const needs = chapter.dataset.needs.split(" ");
  const light = (on) => {
    for (const other of document.querySelectorAll(".course-map a")) {
      other.classList.toggle("needed", on && needs.includes(other.dataset.stem));
    }
    for (const line of document.querySelectorAll(".course-map path")) {
      line.classList.toggle("lit", on && line.dataset.to === chapter.dataset.stem);
    }
  };
  for (const [event, on] of [["mouseenter", true], ["focus", true], ["mouseleave", false], ["blur", false]]) {
    chapter.addEventListener(event, () => light(on));
  }
}

// What is wider than the screen can be scrolled with the keyboard too.
const SCROLLS = ".katex-display, div.highlight pre, .table-wrapper, figure.picture .frame";
function reachable() {
  for (const box of document.querySelectorAll(SCROLLS)) {
    if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
  }
}
addEventListener("load", reachable);
addEventListener("resize", reachable);
