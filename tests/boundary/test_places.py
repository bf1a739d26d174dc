"""Places are told by the submission's process, and believed only if they are there."""

import re

import pytest
from support.inside import INSIDE

from grader.boundary.places import Places
from grader.course import registry
from grader.course.images import Images
from grader.grading import run
from grader.grading.selfcheck import Quiet

STEM = "ch1_1_numpy_arrays"
FILE = f"{STEM}.py"


@pytest.fixture
def places(tmp_path):
    (tmp_path / FILE).write_text("# cell 1\nimport numpy\n# cell 2\nx = 1\n  y = 2\n")
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "helper.py").write_text("z = 3\n")
    return Places(tmp_path)


@pytest.mark.parametrize(
    ("place", "quoted"),
    [
        ((FILE, 4, "f", "a lie"), (FILE, 4, "f", "x = 1")),
        ((FILE, 5, "C.f.<locals>.g", ""), (FILE, 5, "C.f.<locals>.g", "y = 2")),
        ((FILE, 4, "1.234, 5.678 leaked", ""), (FILE, 4, "", "x = 1")),
        (("cell 2", 1, "f", ""), ("cell 2", 1, "f", "x = 1")),
        ((f"{STEM}.ipynb cell 1", 1, "f", ""), (f"{STEM}.ipynb cell 1", 1, "f", "import numpy")),
        (("package/helper.py", 1, "f", ""), ("package/helper.py", 1, "f", "z = 3")),
        ((FILE, 7, "f", ""), None),
        ((FILE, 0, "f", ""), None),
        (("ch1_1_the_input_is_three.py", 1, "f", ""), None),
        (("cell 3", 1, "f", ""), None),
        (("../" + FILE, 1, "f", ""), None),
        (("/etc/passwd", 1, "f", ""), None),
    ],
)
def test_places_are_those_of_the_files(places, place, quoted):
    assert places.quoted(place, STEM) == quoted


MADE_UP = """
import os, warnings
import numpy as np
def tell(X):
    text = "_".join("abcdefghij"[int(d)] for d in str(abs(X.flat[0]))[:6] if d.isdigit())
    file = os.path.join(os.path.dirname(__file__), f"ch1_1_{text}.py")
    code = compile("\\n" * 41 + "def f(): raise ValueError(1)", file, "exec")
    namespace = {}
    exec(code, namespace)
    warnings.warn_explicit("told", UserWarning, file, 3)
    namespace["f"]()
def normalize(X): tell(X)
def one_hot(labels, num_classes): tell(np.asarray(labels))
"""


def grade(folder, chapters, **options):
    return run.grade(
        folder,
        registry.select([chapters]),
        images=Images("digits", "digits"),
        seed=0,
        listener=Quiet(),
        secret=True,
        **options,
    )


def test_a_made_up_file_name_is_shown_to_nobody(tmp_path):
    (tmp_path / FILE).write_text(MADE_UP)
    result = grade(tmp_path, "1.1")
    for _, function in result.functions:
        for check in function.checks:
            assert "ch1_1_" not in check.feedback.replace(STEM, "")
            assert "ch1_1_" not in check.message.replace(STEM, "")
    raised = [
        c for _, f in result.functions for c in f.checks if "raises `ValueError`" in c.feedback
    ]
    assert raised
    assert all(FILE in check.feedback for check in raised)  # the line in the file that is there


KEEPS = """
import builtins
def normalize(X):
    builtins.SEEN = X
def one_hot(labels, num_classes):
    builtins.SEEN = labels
"""
TELLS = """
import builtins
def tell(*args, **kwargs):
    raise (KeyError if hasattr(builtins, "SEEN") else IndexError)
"""


@pytest.mark.slow
@pytest.mark.parametrize(("hidden", "told"), [((), "KeyError"), (("1.1",), "IndexError")])
def test_what_a_hidden_chapter_was_given_does_not_reach_the_others(tmp_path, hidden, told):
    (tmp_path / FILE).write_text(KEEPS)
    chapter = registry.by_stem("ch1_2_matrix_operations")
    functions = "".join(f"{name} = tell\n" for name in chapter.functions)
    (tmp_path / f"{chapter.stem}.py").write_text(TELLS + functions)
    result = grade(tmp_path, "1.1-1.2", hidden=hidden)
    assert [c.id for c in result.chapters] == ["1.1", "1.2"]
    texts = " ".join(c.feedback for f in result.chapters[1].functions for c in f.checks)
    assert {"KeyError", "IndexError"} & {word.strip("`") for word in texts.split()} == {told}


TELLS_NUMBERS = {
    "by an offset": "return (X - X.mean(0)) / X.std(0) + 1234",
    "by a factor": "return (X - X.mean(0)) / X.std(0) * 1234",
    "by a shape": "return np.zeros((12, 34) if X.ndim < 2 else (1, 12, 34))",
    "by a number of axes": "return np.zeros((1,) * 12)",
    "by a number of parts": "return [X] * 1234",
}


@pytest.mark.slow
@pytest.mark.parametrize("way", TELLS_NUMBERS)
def test_no_number_of_the_submissions_is_told_of_a_hidden_check(tmp_path, way):
    body = f"    X = np.asarray(X, float)\n    {TELLS_NUMBERS[way]}\n"
    (tmp_path / FILE).write_text(f"import numpy as np\ndef normalize(X):\n{body}")
    (function, *_) = (function for _, function in grade(tmp_path, "1.1").functions)
    for check in function.checks:
        assert not re.search(r"\b(12|34|1234)\b|(1, ){5}", check.feedback)


FORGES = """
import gc, os, session
def normalize(X):
    (own,) = [o for o in gc.get_objects() if isinstance(o, session.Session)]
    session.wire.write(own.send, {{"number": own.number, "slow": {slow}}})
    session.wire.read(own.receive)
    os._exit(1)
"""


@pytest.mark.slow
@pytest.mark.parametrize("slow", ['{"entered": [5]}', '{"entered": [[1]]}', '{"shares": 5}', "[5]"])
def test_a_forged_report_of_a_slow_call_costs_the_submission(tmp_path, slow):
    (tmp_path / FILE).write_text(INSIDE + FORGES.format(slow=slow))
    (function, *_) = (function for _, function in grade(tmp_path, "1.1").functions)
    assert {check.status for check in function.checks} == {"crashed"}
