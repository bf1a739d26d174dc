// A small editor for Python: CodeMirror in the colors of the page.

import { autocompletion, closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState, RangeSetBuilder } from "@codemirror/state";
import { Decoration, drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers, ViewPlugin } from "@codemirror/view";
import { tags } from "@lezer/highlight";

// What text from a web page brings along unseen, and Python refuses.
const UNSEEN = [[/[\u00a0\u202f]/g, " "], [/[\u200b\u2060\ufeff]/g, ""]];

const COLORS = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--code-keyword)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-string)" },
  { tag: tags.comment, color: "var(--code-comment)", fontStyle: "italic" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.className)], color: "var(--code-name)" },
]);

// The rest of a line that is too long stands below its beginning, indented as that is.
const hangingIndents = ViewPlugin.define(
  (view) => ({
    lines: indented(view),
    update(update) {
      if (update.docChanged || update.viewportChanged) this.lines = indented(update.view);
    },
  }),
  { decorations: (plugin) => plugin.lines },
);

function indented(view) {
  const lines = new RangeSetBuilder();
  for (const { from, to } of view.visibleRanges) {
    for (let at = from; at <= to; ) {
      const line = view.state.doc.lineAt(at);
      const columns = /^ */.exec(line.text)[0].length;
      const style = `padding-left: calc(6px + ${columns}ch); text-indent: -${columns}ch`;
      if (columns) lines.add(line.from, line.from, Decoration.line({ attributes: { style } }));
      at = line.to + 1;
    }
  }
  return lines.finish();
}

/** Return {dom, text, setText(text), setFirstLine(number), focus()}. */
export function makeEditor({ text, label, onChange, onCheck, firstLine = 1 }) {
  const numbers = new Compartment();
  const numbered = (first) => lineNumbers({ formatNumber: (number) => `${number + first - 1}` });
  const check = { key: "Mod-Enter", run: () => (onCheck(), true), preventDefault: true };
  const view = new EditorView({
    state: EditorState.create({
      doc: text,
      extensions: [
        numbers.of(numbered(firstLine)),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        autocompletion({ activateOnTyping: false }),
        highlightActiveLine(),
        indentUnit.of("    "),
        EditorView.lineWrapping,
        hangingIndents,
        python(),
        EditorView.clipboardInputFilter.of((pasted) => UNSEEN.reduce((text, [from, to]) => text.replace(from, to), pasted)),
        syntaxHighlighting(COLORS),
        keymap.of([check, ...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !update.transactions.some((one) => one.isUserEvent("set"))) onChange(view.state.doc.toString());
        }),
      ],
    }),
  });
  // The page's own keys, such as the slash that leads to the search, are text in here.
  view.dom.addEventListener("keydown", (event) => event.stopPropagation());
  // What is off the screen is laid out by guess, and changes its height when it scrolls into view:
  // a press of a button below would miss. So it is laid out as if it were scrolled through.
  const layOut = () => {
    const { top } = view.dom.getBoundingClientRect();
    for (let from = 0; from < view.dom.offsetHeight; from += innerHeight) {
      view.dom.style.transform = `translateY(${-top - from}px)`;
      view.requestMeasure();
      view.coordsAtPos(0); // reads the layout, so that the measuring is done at once
    }
    view.dom.style.transform = "";
  };
  requestAnimationFrame(layOut);
  return {
    dom: view.dom,
    get text() {
      return view.state.doc.toString();
    },
    setText(changed) {
      if (changed === this.text) return;
      const changes = { from: 0, to: view.state.doc.length, insert: changed };
      view.dispatch({ changes, userEvent: "set" });
      layOut();
    },
    setFirstLine(number) {
      view.dispatch({ effects: numbers.reconfigure(numbered(number)) });
    },
    focus: () => view.focus(),
  };
}
