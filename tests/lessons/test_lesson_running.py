"""Lessons run: every output, number and check is true, and what is not is noticed."""

import numpy as np
import pytest

from lessons.site import parsing, places, running


def found(text):
    return running.of_lesson(parsing.parse(text, "x.md"))


def block(code, output=None, kind="python"):
    shown = "" if output is None else f"```output\n{output}\n```\n"
    return f"```{kind}\n{code}\n```\n{shown}"


@pytest.mark.parametrize(
    "text",
    [
        block("print(1.5)", "1.5"),
        block("x = 2") + "Two is {num}`2|x`, and {num}`66.7|100 * x / 3`% of three.\n",
        block("x = 4") + block("assert x == 4", kind="{check} four"),
        block("from exercises.ch3_2_activation_functions import relu\nprint(relu(-1.0))", "0.0"),
        "The gate holds {num}`60,000|6e4` and {num}`-0.5|-0.5`.\n",
        "| a | {num}`0.881|1 / (1 + np.exp(-2))` |\n|---|---|\n",
        "```text\nthis is not Python\n```\n",
    ],
)
def test_what_is_true_passes(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (block("print(1.5)", "1.6"), "x.md:4: the output differs"),
        (block("print(1.5)"), "x.md:1: prints `1.5` but no output block follows"),
        ("```output\n1\n```\n", "x.md:1: an output block must directly follow"),
        ("It is {num}`0.89|1 / (1 + np.exp(-2))`.\n", "x.md:1: 0.89 should be 0.88"),
        ("one\ntwo {num}`1|x`\n", "x.md:2: {num} `x`: NameError"),
        ("{num}`many|3`\n", "x.md:1: `many` is not a number"),
        (block("assert 1 == 2", kind="{check} one"), "x.md:2: AssertionError"),
        (block("np.float64(1) / 0"), "x.md:2: RuntimeWarning"),
        (block("raise SystemExit(0)"), "x.md:2: SystemExit"),
        (block("x = 1\n1 / 0"), "x.md:3: ZeroDivisionError"),
        (":::{predict} Is it {num}`3|4`?\n- [x] 1 -- a\n- [ ] 2 -- b\n:::\n", "3 should be 4"),
        (":::{predict} Which?\n- [x] {num}`3|4` -- a\n- [ ] 2 -- b\n:::\n", "x.md:2: 3 should be"),
        ("::::{problem} One\n:::{answer}\n{num}`1|2`\n:::\n::::\n", "x.md:3: 1 should be 2"),
    ],
)
def test_what_is_not_true_is_found_with_its_line(text, message):
    lines = found(text)
    assert len(lines) == 1, lines
    assert message in lines[0]


@pytest.mark.parametrize(
    ("shown", "value", "right"),
    [
        ("0.88", 0.8808, True),
        ("0.881", 0.8808, True),
        ("0.880", 0.8808, False),
        ("97.3", np.float32(97.32), True),
        ("60,000", 60000, True),
        ("\N{MINUS SIGN}2", -2.4, True),
        ("1e-7", 1.2e-7, True),
        ("3", 2.4, False),
    ],
)
def test_a_number_agrees_to_the_digits_shown(shown, value, right):
    assert running.agrees(shown, value) is right


def test_the_readers_own_modules_are_back_afterwards():
    import exercises

    found(block("import exercises.ch1_3_activation_basics"))
    import exercises as again

    assert again is exercises


@pytest.mark.parametrize("path", places.lesson_files(), ids=lambda path: path.stem)
def test_every_lesson_is_true(path):
    assert running.run_all([path], workers=1) == []


@pytest.mark.needs("torch")
@pytest.mark.parametrize("path", places.lesson_files(), ids=lambda path: path.stem)
def test_pytorch_agrees_with_the_reference(path):
    assert parsing.read(path).of("torch"), "a lesson shows the step in PyTorch"
    assert running.mistakes(path) == []
