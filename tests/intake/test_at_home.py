"""What `--submission FOLDER` grades is what intake takes from the folder, in a class as at home."""

import pytest
from support.handed_in import written

from grader.files.reading import python_files
from grader.intake import at_home, intake

ARRAYS, MATRICES, OWN = "ch1_1_numpy_arrays.py", "ch1_2_matrix_operations.py", "my_own.py"
NORMALIZE = "def normalize(X):\n    return X\n"
LINEAR = "def linear(X, W, b):\n    return X @ W + b\n"
ONE_HOT = "def one_hot(labels, num_classes):\n    return labels\n"
TODO = "def normalize(X):\n    raise NotImplementedError\n"
MARIMO = (
    "app = marimo.App()\n@app.cell\ndef _():\n    def normalize(X):\n        return X\n    return\n"
)
PLAIN = {ARRAYS: NORMALIZE, MATRICES: LINEAR}
CASES = {  # name: (files, whether they are graded where they are)
    "plain": (PLAIN, True),
    "package": ({**PLAIN, "__init__.py": '"""Mine."""\n'}, True),
    "mentions another chapter": ({ARRAYS: f"# before softmax\n{NORMALIZE}"}, True),
    "nothing written": ({ARRAYS: "", MATRICES: "def ("}, True),
    "holds another chapter": ({ARRAYS: NORMALIZE + LINEAR}, False),
    "under each other's names": ({ARRAYS: LINEAR, MATRICES: NORMALIZE}, False),
    "its package holds a chapter": ({MATRICES: LINEAR, "__init__.py": NORMALIZE}, False),
    "its package completes one": ({ARRAYS: "x = 1\n", "__init__.py": NORMALIZE}, False),
    "a name with an addition": ({ARRAYS.replace(".", "_final."): NORMALIZE}, False),
    "an exercises folder": ({ARRAYS: NORMALIZE, f"exercises/{ARRAYS}": LINEAR}, False),
    "a stub of what is elsewhere": ({ARRAYS: TODO, MATRICES: LINEAR + NORMALIZE}, False),
    "a stub in a file that is begun": (
        {ARRAYS: ONE_HOT + TODO, MATRICES: LINEAR + NORMALIZE},
        False,
    ),
    "mentions what is elsewhere": ({ARRAYS: f"{NORMALIZE}# one_hot", MATRICES: ONE_HOT}, False),
    "a stub": ({ARRAYS: TODO, MATRICES: LINEAR}, True),
    "a marimo notebook": ({ARRAYS: MARIMO}, False),
    "a notebook's commands": ({ARRAYS: f"!ls\n{NORMALIZE}"}, False),
    "byte order mark": ({ARRAYS: b"\xef\xbb\xbf" + NORMALIZE.encode()}, False),
    "another encoding": ({ARRAYS: b"# caf\xe9\n" + NORMALIZE.encode()}, False),
    "a helper": ({ARRAYS: f"from .my_own import f\n{NORMALIZE}", OWN: "f = len\n"}, True),
}


@pytest.mark.parametrize("case", CASES)
def test_a_folder_is_graded_as_intake_takes_it(tmp_path, case):
    files, in_place = CASES[case]
    folder = written(tmp_path / "mine", files)
    taken = {name: data for name, data in intake.read_one(folder).files.items() if data}
    with at_home.opened(folder) as opened:
        graded = python_files(opened.folder, deep=True)
        assert graded.items() >= taken.items()
        assert (opened.folder == folder) == in_place
