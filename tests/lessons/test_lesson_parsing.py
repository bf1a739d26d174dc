"""The parser of lessons finds every block, and says where a lesson is broken."""

import textwrap

import pytest

from grader.course import registry
from lessons.site import latex, parsing, places, terminal

SMALL = """
---
build: "`relu`"
time: 10 minutes
---
# A title

Prose with {num}`0.88|1 / (1 + np.exp(-2))` and $x$
over two lines.

$$
a = b
$$
```python
print(1)
```
```output
1
```
:::{predict} Which one?
- [ ] this -- no,
  not this
- [x] that -- Right: yes
:::

:::{picture} curve
:alt: A curve: it rises.
It rises.
:::

::::{problem} Add
How much is one and one?
:::{answer}
Two.
```{check} it is
assert 1 + 1 == 2
```
:::
::::
"""


def small():
    return parsing.parse(SMALL.lstrip("\n"), "small.md")


def test_every_block_is_found_in_order():
    kinds = [block.kind for block in small().walk()]
    first = ["heading", "prose", "math", "python", "output", "predict", "picture", "prose"]
    assert kinds == [*first, "problem", "prose", "answer", "prose", "check"]


def test_blocks_know_their_line_and_content():
    lesson = small()
    picture, check = lesson.of("picture")[0], lesson.of("check")[0]
    lines = SMALL.lstrip("\n").split("\n")
    assert lines[check.line - 1] == "```{check} it is"
    assert (check.argument, check.text) == ("it is", "assert 1 + 1 == 2")
    assert picture.options == {"alt": "A curve: it rises."}
    assert lesson.meta == {"build": "`relu`", "time": "10 minutes"}
    assert lesson.title == "A title"


def test_choices_join_their_lines():
    predict = small().of("predict")[0]
    choices, prose = parsing.choices(predict.text.split("\n"))
    assert [(c.right, c.text, c.why) for c in choices] == [
        (False, "this", "no, not this"),
        (True, "that", "Right: yes"),
    ]
    assert prose == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("```python\nprint(1)\n", "x.md:1: this block is never closed with ```"),
        ("\n:::{nothing}\n:::\n", "x.md:2: unknown block"),
        ("$$\na\n", "x.md:1: `$$` is never closed"),
        ("```pyton\n```\n", "x.md:1: unknown code block `pyton`"),
        ("---\nbuild: x\n", "x.md:1: the front matter is never closed"),
        (":::\n", "x.md:1: `:::` closes nothing"),
    ],
)
def test_a_broken_lesson_gives_one_line(text, message):
    with pytest.raises(parsing.LessonError) as caught:
        parsing.parse(text, "x.md")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_files_that_cannot_be_read_give_one_line(tmp_path):
    (tmp_path / "odd.md").write_bytes(b"\xff\xfe\x00")
    for name in ("odd.md", "none.md"):
        with pytest.raises(parsing.LessonError, match=name):
            parsing.read(tmp_path / name)


@pytest.mark.parametrize(
    ("formula", "unicode", "plain"),
    [
        (
            r"\frac{\partial L}{\partial W_1} = X^\top \delta",
            "∂L/∂W₁ = Xᵀ δ",
            "dL/dW_1 = X^T delta",
        ),
        (r"\sqrt{a + b} \le \frac{1}{1 + e^{-z}}", "√(a + b) ≤ 1/(1 + e^(-z))", None),
        (r"\begin{aligned} a &= b \\ &= c \end{aligned}", "a = b\n= c", "a = b\n= c"),
        (r"\hat m_t \Rightarrow \unknown", "m̂ₜ ⇒ unknown", "m_hat_t => unknown"),
    ],
)
def test_formulas_become_text(formula, unicode, plain):
    assert latex.as_text(formula) == unicode
    assert plain is None or latex.as_text(formula, unicode=False) == plain


@pytest.mark.parametrize("path", places.lesson_files(), ids=lambda path: path.stem)
def test_every_lesson_can_be_read_in_a_terminal(path):
    shown = terminal.text_of(path.stem, 72)
    assert "{num}" not in shown
    assert ":::" not in shown
    assert "```" not in shown
    assert terminal.text_of(path.stem, 72, unicode=False).isascii()


def test_the_terminal_keeps_answers_for_the_end(monkeypatch, tmp_path):
    stem = "ch3_2_activation_functions"
    file = tmp_path / "lesson.md"
    file.write_text(SMALL.lstrip("\n"), encoding="utf-8")
    monkeypatch.setattr(registry.Chapter, "lesson_file", property(lambda chapter: file))
    before, _, after = terminal.text_of(stem).partition("What the choices mean")
    assert "b) that" in before
    assert "Right: yes" not in before
    assert "Right: yes" in after
    assert "Prose with 0.88 and x over two lines." in textwrap.dedent(before)
