"""`check` in a notebook's cells: functions graded in place."""

import json
import os
import re
import subprocess
import sys
import textwrap

import pytest
from support.notebooks import CHAPTER, code, read
from support.running import ROOT, SOLUTIONS, call_grade


def session(*statements):
    """What an interactive Python prints that is given these statements, one after the other."""
    # As `exec` of a file's text would, but for globals of its own and a file for each, as cells.
    program = """
        import json, sys
        names = {"__name__": "__main__"}
        for number, text in enumerate(json.load(sys.stdin), 1):
            print(f"<{number}>")
            exec(compile(text, f"<cell {number}>", "exec"), names)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        input=json.dumps(statements),
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stdout
    return [part.strip() for part in done.stdout.split("\n<")]


START = "import numpy as np\nfrom grader import check"
WRONG = "def softmax(Z):\n    return exponentials(Z) / exponentials(Z).sum(axis=0)"
HELPER = "def exponentials(Z):\n    return np.exp(Z - Z.max(axis=1, keepdims=True))"
RIGHT = (
    "def softmax(Z):\n    Z = Z if Z.dtype.kind == 'f' else Z.astype(float)\n"
    "    E = exponentials(Z)\n    return E / E.sum(axis=1, keepdims=True)"
)


def test_check_grades_what_is_defined_now():
    said = session(
        START, HELPER, WRONG, 'check("softmax")', RIGHT, 'check("softmax")', "check(softmax)"
    )
    assert "FAIL  softmax" in said[3]
    assert "Your columns sum to 1" in said[3]
    assert "ok    softmax" in said[5]
    assert "3 of 3" in said[6]


def test_check_says_the_same_as_grade_run(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    text = f"import numpy as np\n{HELPER}\n{WRONG}\n"
    (folder / f"{CHAPTER}.py").write_text(text, encoding="utf-8")
    graded = call_grade("run", "3.2", "--submission", folder).stdout
    part = (
        graded[graded.index("  FAIL  softmax") :].partition(" of 10 points")[0].rpartition("\n")[0]
    )
    checked = session(START, HELPER, WRONG, 'check("softmax")')[3].partition("\n")[2]
    assert checked.strip() == part.strip()


def test_check_of_a_stub_and_of_what_is_not_there():
    said = session(
        START,
        "def relu(Z):\n    raise NotImplementedError('write')",
        'check("relu")',
        'check("tanh")',
        'check("sofmax")',
        'check("gradient_descent")',
        'check("relu", "9.9")',
        'check("relu", "2.1")',
        "check(3)",
        "check(lambda Z: Z)",
    )
    assert "todo  relu" in said[2]
    assert "`relu` is still to be written" in said[2]
    assert "check: `tanh` is not defined here" in said[3]
    assert "did you mean `softmax`?" in said[4]
    assert '`check("gradient_descent", "2.3")`' in said[5]
    assert "there is no chapter `9.9`" in said[6]
    assert "chapter 2.1 has no function `relu`" in said[7]
    assert all("\n" not in one.partition("\n")[2] for one in said[3:])


def test_check_names_the_line_that_raised():
    said = session(START, "def relu(Z):\n    return Z @ np.ones(99)", "check(relu)")
    assert "ERROR relu" in said[2]
    assert "<cell 2>:2, in relu" in said[2]


@pytest.mark.slow
def test_check_is_not_led_astray_by_the_sessions_settings():
    settings = "np.set_printoptions(precision=1, suppress=True)\nnp.seterr(divide='raise')"
    calm = session(START, HELPER, WRONG, 'check("softmax")')[3]
    assert session(START + "\n" + settings, HELPER, WRONG, 'check("softmax")')[3] == calm


def test_check_keeps_what_functions_print_for_its_message():
    said = session(
        START, "def relu(Z):\n    print('shape', Z.shape)\n    return Z", "check(relu)\nprint(1)"
    )
    assert len(re.findall(r"printed +shape \(\d+, \d+\)", said[2])) == 1


@pytest.mark.slow
def test_check_trains():
    source = SOLUTIONS / "ch3_4_backpropagation.py"
    text = source.read_text(encoding="utf-8").replace("from .ch", "from solutions.ch")
    said = session(START, text.partition("def demo(")[0], 'check("train_mlp")')
    assert "ok    train_mlp" in said[2]


def test_importing_grader_stays_cheap():
    program = "import sys, grader; print(sorted({'numpy', 'click', 'pytest'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "[]\n"


@pytest.mark.slow
def test_where_a_kernel_starts_no_picture_is_lost(made):
    """In `exercises/`; a picture of 1.3 needs `linear` of 1.2, which 1.3 does not import."""
    code = (
        "import grader, pathlib\n"
        "from grader.course import registry\n"
        "from grader.notebook import plotting\n"
        "source = pathlib.Path('ch1_3_activation_basics.py').read_text(encoding='utf-8')\n"
        "names = {'__name__': 'kernel'}\n"
        "exec(compile(source, 'cell', 'exec'), names)\n"
        "chapter = registry.by_stem('ch1_3_activation_basics')\n"
        "print(len(plotting._drawn_here(chapter, names)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=made,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.stdout == "2\n", done.stdout + done.stderr


def test_in_a_kernel(made):
    from jupyter_client import manager

    cells = code(read(made / f"{CHAPTER}.ipynb"))
    wrong = "def softmax(Z):\n    return Z @ np.ones(99)\ncheck(softmax)"
    kernel, client = manager.start_new_kernel(kernel_name="python3", cwd=str(made))
    try:
        printed = [_run(client, text) for text in [*cells, wrong]]
    finally:
        client.stop_channels()
        kernel.shutdown_kernel(now=True)
    graded = [text for text, cell in zip(printed, cells, strict=False) if cell.startswith("check(")]
    assert len(graded) == 6
    assert all("ok" in text for text in graded)
    assert "softmax of [2.0, 1.0, -1.0] is" in "".join(printed)
    assert "<picture>" in printed[len(cells) - 1]
    assert f"cell In[{len(cells) + 1}]:2, in softmax" in printed[-1]


def _run(client, text):
    printed = []

    def hear(message):
        if message["msg_type"] == "stream":
            printed.append(message["content"]["text"])
        if "image/png" in message["content"].get("data", {}):
            printed.append("<picture>")
        assert message["msg_type"] != "error", message["content"]

    client.execute_interactive(text, output_hook=hear, timeout=120)
    return "".join(printed)
