// A small editor for Python: CodeMirror in the colors of the page.

import { autocompletion, closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const COLORS = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--code-keyword)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-string)" },
  { tag: tags.comment, color: "var(--code-comment)", fontStyle: "italic" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.className)], color: "var(--code-name)" },
]);

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
        python(),
        syntaxHighlighting(COLORS),
        keymap.of([check, ...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !update.transactions.some((one) => one.isUserEvent("set"))) onChange(view.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    dom: view.dom,
    get text() {
      return view.state.doc.toString();
    },
    setText(changed) {
      if (changed === this.text) return;
      const changes = { from: 0, to: view.state.doc.length, insert: changed };
      view.dispatch({ changes, userEvent: "set" });
    },
    setFirstLine(number) {
      view.dispatch({ effects: numbers.reconfigure(numbered(number)) });
    },
    focus: () => view.focus(),
  };
}
