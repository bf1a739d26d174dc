"""What is never lent: the graded function, later ones, and those not imported by name."""

import os
import shutil
import textwrap

import pytest
from support.faults import WRONG_SOFTMAX, at_home, blamed, course, in_class, lost, stem
from support.running import EXERCISES, write_submission

from grader.course import registry
from grader.files.reading import python_files
from grader.grading import lending

EVERY = [(chapter.stem, name) for chapter in registry.chapters() for name in chapter.functions]
ABUSES = {
    "by importlib": """
        import importlib
        def part(): return importlib.import_module("exercises.ch1_3_activation_basics").sigmoid
        """,
    "by __import__": """
        def part(): return __import__("exercises.ch1_3_activation_basics", fromlist="a").sigmoid
        """,
    "by sys.modules": """
        import sys
        try: exec("from .ch1_3_activation_basics import sigmoid")
        except ImportError: pass
        def part(): return sys.modules["exercises.ch1_3_activation_basics"].sigmoid
        """,
    "by exec": """
        names = {"__package__": __package__}
        def part():
            exec("from .ch1_3_activation_basics import " + "sigmoid", names)
            return names["sigmoid"]
        """,
    "by getattr": """
        from . import ch1_3_activation_basics as chapter
        def part(): return getattr(chapter, "sig" + "moid")
        """,
    "by vars": """
        from . import ch1_3_activation_basics as chapter
        def part(): return vars(chapter)["sigmoid"]
        """,
    "from a file that is only lent": """
        def part():
            from exercises.lent_ch1_3_activation_basics import sigmoid
            return sigmoid
        """,
    "by a name of its own": """
        def sigmoid(Z): raise NotImplementedError
        def part(): return sigmoid
        """,
    "by a name inside": """
        def part():
            def sigmoid(Z): raise NotImplementedError
            return sigmoid
        """,
    "by a comment": """
        import importlib
        # sigmoid from .ch1_3_activation_basics import sigmoid
        def part():
            "sigmoid"
            return getattr(importlib.import_module(".ch1_3_activation_basics", "exercises"),
                           "sigmoid")
        """,
}
WRAPPER = """
import numpy as np
{part}

def forward_perceptron(X, w, b):
    return part()(np.asarray(X) @ w + b)
"""


@pytest.mark.parametrize("way", ABUSES)
def test_what_is_not_imported_by_its_name_is_not_lent(tmp_path, way):
    text = WRAPPER.format(part=textwrap.dedent(ABUSES[way]))
    folder = shutil.copytree(EXERCISES, tmp_path / "course")
    write_submission(folder, {stem("3.1"): text})
    result = at_home(folder, "3.1")
    assert (result.score, blamed(result)) == (0, {})


SEARCHES = {
    "in what is lent": """
        def search():
            import exercises.lent_ch3_2_activation_functions as lent
            yield from vars(lent).values()
        """,
    "in its globals": """
        def search(): yield from softmax.__globals__.values()
        """,
    "in the heap": """
        import gc
        def search(): yield from gc.get_objects()
        """,
    "in all modules": """
        import sys
        def search():
            for module in list(sys.modules.values()): yield from list(vars(module).values())
        """,
    "in the frames": """
        import sys
        def search():
            frame = sys._getframe()
            while frame:
                yield from [*frame.f_locals.values(), *frame.f_globals.values()]
                frame = frame.f_back
        """,
    "in the sources": """
        import inspect, pathlib, re, sys
        def search():
            softmax(np.zeros((1, 2)))
            for path in pathlib.Path(inspect.getfile(softmax)).parent.glob("*.py"):
                text = path.read_text()
                if "def forward_mlp" in text and "search" not in text and "NotImpl" not in text:
                    names = {"__package__": "exercises"}
                    exec(text, names)
                    yield names["forward_mlp"]
        """,
    "in closures": """
        import gc, types
        def search():
            for cell in gc.get_objects():
                if isinstance(cell, types.CellType):
                    try: yield cell.cell_contents
                    except ValueError: pass
        """,
}
THIEF = """
import types
import numpy as np
from .ch3_2_activation_functions import relu, softmax
{search}

def forward_mlp(X, W1, b1, W2, b2):
    softmax(relu(np.zeros((1, 2))))
    for thing in search():
        if isinstance(thing, types.FunctionType) and thing.__name__ == "forward_mlp":
            if thing.__code__.co_filename != __file__:
                return thing(X, W1, b1, W2, b2)
"""


@pytest.mark.parametrize("place", SEARCHES)
def test_the_graded_function_is_nowhere_to_be_found(tmp_path, place):
    text = THIEF.format(search=textwrap.dedent(SEARCHES[place]))
    folder = shutil.copytree(EXERCISES, tmp_path / "course")
    write_submission(folder, {stem("3.3"): text})
    assert at_home(folder, "3.3").score == 0


KEEPER = """
import sys

try:
    from exercises.lent_ch4_5_momentum_capstone import predict_capstone as lent
    sys.kept = lent
except ImportError:
    pass

def predict_capstone(X, params):
    softmax(np.zeros((1, 2)))  # a wrong one, so that it is lent
    return sys.kept(X, params)
"""


@pytest.mark.slow
def test_what_was_lent_to_one_function_is_not_kept_for_another(tmp_path):
    keeper = "from .ch3_2_activation_functions import softmax\n" + KEEPER
    folder = course(tmp_path / "course", ch3_2=WRONG_SOFTMAX, ch4_5=keeper)
    assert lost(in_class(folder, "4.5")) == {"4.5 predict_capstone": 3.0}


def test_a_later_function_is_not_lent_to_an_earlier_one(tmp_path):
    folder = shutil.copytree(EXERCISES, tmp_path / "course")
    leaky = "import numpy as np\n\ndef relu(Z):\n    return leaky_relu(np.asarray(Z), 0.0)\n\n"
    leaky += "def leaky_relu(Z, alpha):\n    raise NotImplementedError\n"
    early = "from .ch3_1_perceptron import forward_perceptron\n\n"
    early += "def sigmoid(Z):\n    return forward_perceptron(Z, 1.0, 0.0)\n"
    write_submission(folder, {stem("3.2"): leaky, stem("1.3"): early})
    assert at_home(folder, "1.3,3.2").score == 0


def test_a_helper_left_to_the_reference_costs_the_function_that_it_is_for(tmp_path):
    folder = course(tmp_path / "course", ch4_5="def to_labels(y):\n    raise NotImplementedError\n")
    file = folder / f"{stem('4.5')}.py"
    file.write_text(file.read_text().replace("def train_capstone", "def no_train_capstone"))
    costs = lost(at_home(folder, "4.5"))
    assert "4.5 accuracy" in costs
    assert "4.5 confusion_matrix" not in costs


@pytest.mark.parametrize(("stem", "name"), EVERY)
def test_what_is_lent_is_made_of_earlier_functions_alone(stem, name):
    parts = lending.needed([(stem, name)])
    later = [
        pair for pair in EVERY if pair in parts and not lending.comes_before(pair, (stem, name))
    ]
    assert later == [(stem, name)]
    text = lending.source(stem, [name])
    assert text.count(f"def {name}(") + text.count(f"class {name}:") == 1


def test_links_are_not_followed_into_what_is_lent_from(tmp_path):
    secret = tmp_path / "secret.py"
    secret.write_text("answer = 42\n")
    folder = course(tmp_path / "course", ch3_2=WRONG_SOFTMAX)
    (folder / "helper.py").symlink_to(secret)
    os.mkfifo(folder / "pipe.py")
    files = python_files(folder)
    assert not {"helper.py", "pipe.py"} & files.keys()
    loan = lending.Loan(lent=frozenset([(stem("3.2"), "softmax")]))
    lent = loan.replace(files)
    assert lent.keys() - files.keys() == {f"lent_{stem('3.2')}.py"}
    changed = {name for name in files if files[name] != lent[name]}
    assert changed == {f"{stem('3.2')}.py"}
