"""Courses that are right but for one fault, and what they lose at home and in a class."""

import shutil

from support.running import SOLUTIONS

from grader.classroom import examine
from grader.classroom.run import options
from grader.course import images, registry
from grader.grading import run
from grader.isolation.unconfined import Unconfined

WRONG_SOFTMAX = """
def softmax(Z):
    e = np.exp(Z - Z.max(axis=0))
    return e / e.sum(axis=0)
"""

FACTOR = """

def _worse(value):
    if isinstance(value, (tuple, list)):
        return type(value)(map(_worse, value))
    if isinstance(value, (float, np.ndarray, np.generic)):
        return 1.5 * value if np.asarray(value).dtype.kind == "f" else value + 1
    return value

right_{name} = {name}
"""
WRONG_FUNCTION = """
def {name}(*args, **kwargs):
    return _worse(right_{name}(*args, **kwargs))
"""
WRONG_ITERATOR = """
def {name}(X, y, batch_size, rng):
    for batch in right_{name}(X, y, batch_size, rng):
        yield _worse(batch)
"""
WRONG_CLASS = """
class {name}(right_{name}):
    def forward(self, X):
        return _worse(super().forward(X))
"""
FORMS = {"minibatches": WRONG_ITERATOR, "NeuralNetwork": WRONG_CLASS}


class Silent:
    """A listener that nobody hears."""

    def __getattr__(self, name):
        return lambda *_: None


def stem(id):
    """The stem of the chapter with this id."""
    (chapter,) = registry.select([id])
    return chapter.stem


def course(folder, **more):
    """The solutions, with more text at the end of some chapters, such as `ch3_2=...`."""
    shutil.copytree(SOLUTIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for prefix, text in more.items():
        (path,) = folder.glob(f"{prefix}_*.py")
        path.write_text(f"{path.read_text()}\n\n{text}")
    return folder


def with_wrong_values(folder, stem, name):
    """The solutions, where this function returns wrong numbers."""
    course(folder)
    path, form = folder / f"{stem}.py", FORMS.get(name, WRONG_FUNCTION)
    path.write_text(path.read_text() + (FACTOR + form).format(name=name))
    return folder


def at_home(folder, chapters):
    """The result of `grade run`."""
    chosen = registry.select(chapters.split(","))
    data = images.for_chapters("digits", chosen)
    return run.grade(folder, chosen, images=data, seed=7, listener=Silent(), isolation=Unconfined())


def in_class(folder, chapters, budget=600.0):
    """The result of the same files in a class run, but for the sandbox."""
    chosen = registry.select(chapters.split(","))
    settings = options(chosen, "digits", "none", budget) | {"seed": 7}
    files = {path.name: path.read_bytes() for path in folder.glob("*.py")}
    return examine.grade(files, settings, Silent())


def lost(result):
    """Map `chapter name` to the points lost there."""
    return {
        f"{chapter.id} {function.name}": function.max_score - function.score
        for chapter, function in result.functions
        if function.score < function.max_score
    }


def blamed(result):
    """Map `chapter name` to the names of the functions that are said to be the reason."""
    return {
        f"{chapter.id} {function.name}": [
            f"{other.id} {other.name}" for other in function.because_of
        ]
        for chapter, function in result.functions
        if function.because_of
    }


def likely(result):
    """Map `chapter name` to the likely causes of its failures."""
    return {
        f"{chapter.id} {function.name}": causes
        for chapter, function in result.functions
        if (causes := [check.misconception for check in function.checks if check.misconception])
    }
