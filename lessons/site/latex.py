r"""Writes formulas as plain text.

`\frac{\partial L}{\partial W} = X^\top \delta` becomes `∂L/∂W = Xᵀ δ`, and in ASCII
`dL/dW = X^T delta`. Only what the lessons use is known; any other command shows its name, so that
nothing is lost.
"""

import re

TOKEN = re.compile(r"\\[a-zA-Z]+\*?|\\.|[{}^_&']|[^\\{}^_&'\s]|\s+", re.S)

# Command: (Unicode, ASCII).
SYMBOLS = {
    "alpha": ("α", "alpha"), "beta": ("β", "beta"), "gamma": ("γ", "gamma"),
    "delta": ("δ", "delta"), "Delta": ("Δ", "Delta"), "epsilon": ("ε", "eps"),
    "varepsilon": ("ε", "eps"), "eta": ("η", "eta"), "theta": ("θ", "theta"),
    "kappa": ("κ", "kappa"), "lambda": ("λ", "lambda"), "mu": ("μ", "mu"), "xi": ("ξ", "xi"),
    "pi": ("π", "pi"), "rho": ("ρ", "rho"), "sigma": ("σ", "sigma"), "Sigma": ("Σ", "Sigma"),
    "tau": ("τ", "tau"), "phi": ("φ", "phi"), "omega": ("ω", "omega"), "ell": ("ℓ", "l"),
    "partial": ("∂", "d"), "nabla": ("∇", "grad "), "infty": ("∞", "inf"),
    "sum": ("Σ", "sum"), "prod": ("Π", "prod"), "int": ("∫", "integral"),
    "cdot": ("·", " * "), "times": ("×", " x "), "odot": ("⊙", " (*) "), "pm": ("±", "+-"),
    "ast": (" ∗ ", " * "), "star": ("⋆", "*"), "le": ("≤", "<="), "leq": ("≤", "<="),
    "ge": ("≥", ">="), "geq": ("≥", ">="), "ne": ("≠", "!="), "approx": ("≈", "~"),
    "sim": ("~", "~"), "ll": ("≪", "<<"), "gg": ("≫", ">>"), "equiv": ("≡", "="),
    "in": (" ∈ ", " in "), "mid": (" | ", " | "), "to": ("→", "->"), "rightarrow": ("→", "->"),
    "longrightarrow": ("→", "->"), "leftarrow": ("←", "<-"), "Rightarrow": ("⇒", "=>"),
    "Longrightarrow": ("⇒", "=>"), "Longleftrightarrow": ("⇔", "<=>"), "iff": ("⇔", "<=>"),
    "mapsto": ("↦", "->"), "dots": ("…", "..."), "ldots": ("…", "..."), "cdots": ("⋯", "..."),
    "vdots": ("⋮", ":"), "top": ("ᵀ", "T"), "lVert": ("‖", "||"), "rVert": ("‖", "||"),
    "Vert": ("‖", "||"), "lvert": ("|", "|"), "rvert": ("|", "|"), "langle": ("⟨", "<"),
    "rangle": ("⟩", ">"), "lfloor": ("⌊", "floor("), "rfloor": ("⌋", ")"),
    "lceil": ("⌈", "ceil("), "rceil": ("⌉", ")"), "quad": ("   ", "   "),
    "qquad": ("     ", "     "), "prime": ("′", "'"), "circ": ("∘", "o"), "forall": ("∀", "all "),
}  # fmt: skip
SPACES = {",": "", ";": " ", ":": " ", "!": "", " ": " ", "\\": "\n", "{": "{", "}": "}",
          "%": "%", "&": "&", "#": "#", "_": "_", "$": "$", "|": "‖"}  # fmt: skip
PLAIN = {"text", "operatorname", "operatorname*", "mathrm", "mathbf", "mathsf", "mathbb",
         "mathcal", "boldsymbol", "textbf", "textit", "mathtt", "texttt", "substack"}  # fmt: skip
IGNORED = {"left", "right", "big", "Big", "bigl", "bigr", "Bigl", "Bigr", "bigg", "displaystyle",
           "textstyle", "limits", "nolimits", "hline", "middle", "biggl", "biggr"}  # fmt: skip
ACCENTS = {"hat": ("\u0302", "_hat"), "bar": ("\u0304", "_bar"), "tilde": ("\u0303", "_tilde"),
           "overline": ("\u0304", "_bar"), "vec": ("\u20d7", "_vec")}  # fmt: skip
RAISED = dict(zip("0123456789+-=()niT", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵀ", strict=True)) | {"ᵀ": "ᵀ", "−": "⁻"}
LOWERED = dict(
    zip("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)
)
SIMPLE = re.compile(r"[\w.∂αβγδεηθκλμπσℓ\u0300-\u036f₀-₉ᵢⱼₖₙ]+$")
BINARY = re.compile(r"\s*(<=>|<=|>=|!=|=>|<-|->|=|≈|≤|≥|≠|←|⇒|⇔|→)\s*")
LOOSE = re.compile(r" +(?=[_^),\]])|(?<=[(\[]) +")


def as_text(formula, unicode=True):
    """Return a formula as plain text; its rows, if any, are lines."""
    tokens = TOKEN.findall(formula)
    text, _ = _Writer(tokens, 0 if unicode else 1).until(0, None)
    lines = (BINARY.sub(r" \1 ", LOOSE.sub("", line)) for line in text.split("\n"))
    lines = (re.sub(r" {2,}(?=[^ ])", lambda found: "  " if len(found[0]) > 2 else " ", line)
             for line in lines)  # fmt: skip
    return "\n".join(line.strip() for line in lines if line.strip())


class _Writer:
    """Writes tokens as text; `form` is 0 for Unicode and 1 for ASCII."""

    def __init__(self, tokens, form):
        self.tokens, self.form = tokens, form

    def until(self, at, end):
        """Return the text up to the token `end`, and where the rest begins."""
        parts = []
        while at < len(self.tokens) and self.tokens[at] != end:
            text, at = self._one(at)
            parts.append(text)
        return "".join(parts), at + 1

    def _argument(self, at):
        """Return the text of what follows: a group in braces, or a single token."""
        while at < len(self.tokens) and self.tokens[at].isspace():
            at += 1
        if at >= len(self.tokens):
            return "", at
        if self.tokens[at] == "{":
            text, at = self.until(at + 1, "}")
            return text.strip(), at
        return self._one(at)

    def _one(self, at):
        token = self.tokens[at]
        if token == "{":
            return self.until(at + 1, "}")
        if token in "^_":
            text, after = self._argument(at + 1)
            return self._script(token, text.strip()), after
        if token in {"&", ", "}:
            return token.replace("&", " "), at + 1
        if token.isspace():
            return " ", at + 1
        if token.startswith("\\"):
            return self._command(token[1:], at + 1)
        return token, at + 1

    def _command(self, name, at):
        if name in {"partial", "nabla"}:  # they belong to what follows
            while self.tokens[at : at + 1] and self.tokens[at].isspace():
                at += 1
        if name in SYMBOLS:
            text = SYMBOLS[name][self.form]
            # In ASCII a letter next to a name would become part of it.
            return (f" {text} " if self.form and text.isalpha() and len(text) > 1 else text), at
        if name in SPACES:
            text = SPACES[name]
            return ("||" if self.form and text == "‖" else text), at
        if name in IGNORED:
            return ("", at + 1) if self.tokens[at : at + 1] == ["."] else ("", at)
        if name in PLAIN:
            return self._argument(at)
        if name in {"frac", "dfrac", "tfrac"}:
            above, at = self._argument(at)
            below, at = self._argument(at)
            return f"{_whole(above)}/{_whole(below)}", at
        if name == "sqrt":
            inside, at = self._argument(at)
            return (f"sqrt({inside})" if self.form else f"√{_whole(inside)}"), at
        if name in ACCENTS:
            inside, at = self._argument(at)
            return inside + ACCENTS[name][self.form], at
        return self._structure(name, at)

    def _structure(self, name, at):
        if name in {"underbrace", "overbrace"}:
            inside, at = self._argument(at)
            if self.tokens[at : at + 1] and self.tokens[at] in "_^":
                note, at = self._argument(at + 1)
                return f"{inside} [{note}]", at
            return inside, at
        if name in {"underset", "overset"}:
            note, at = self._argument(at)
            inside, at = self._argument(at)
            return f"{inside} [{note}]", at
        if name == "xrightarrow":
            note, at = self._argument(at)
            return f" --{note.strip()}--> ", at
        if name == "begin":
            return self._environment(at)
        if name == "end":
            _, at = self._argument(at)
            return "", at
        return f" {name} " if len(name) > 1 else name, at

    def _environment(self, at):
        """Return the rows of an environment: of `cases` after a brace, of a matrix in brackets."""
        kind, at = self._argument(at)
        if kind == "array":
            _, at = self._argument(at)
        start, depth = at, 1
        while depth and at < len(self.tokens):
            depth += {"\\begin": 1, "\\end": -1}.get(self.tokens[at], 0)
            at += 1
        tokens = self.tokens[start : at - 1]
        if kind in {"cases", "array"} or "matrix" in kind:
            tokens = [", " if token == "&" else token for token in tokens]
        inside, _ = _Writer(tokens, self.form).until(0, None)
        _, at = self._argument(at)
        rows = [
            " ".join(row.replace(" ,", ",").split()) for row in inside.split("\n") if row.strip()
        ]
        if kind.startswith(("aligned", "align", "gather", "split")):
            return "\n" + "\n".join(rows) + "\n", at
        if kind == "cases":
            return "{ " + "; ".join(rows) + " }", at
        return "[" + "; ".join(rows) + "]", at

    def _script(self, mark, text):
        table = RAISED if mark == "^" else LOWERED
        if not self.form and text and all(letter in table for letter in text):
            return "".join(table[letter] for letter in text)
        text = text.strip()
        return f"{mark}{text}" if SIMPLE.match(text) or len(text) == 1 else f"{mark}({text})"


def _whole(text):
    """Return a text in parentheses, unless it is a single thing."""
    text = text.strip()
    return text if SIMPLE.match(text.replace(" ", "")) and " " not in text else f"({text})"
