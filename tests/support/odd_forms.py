"""Right answers to module 1 in the forms in which people hand them in.

`FORMS` maps a form's name to files as `handed_in.written` takes them. Every form holds the same
right code, so that every form deserves full points.
"""

import bz2
import gzip
import io
import json
import re
import tarfile
import textwrap

import numpy as np

from grader.course import registry

from .handed_in import zipped
from .running import EXERCISES, SOLUTIONS

ONE, TWO, THREE = STEMS = (
    *("ch1_1_numpy_arrays", "ch1_2_matrix_operations", "ch1_3_activation_basics"),
)
RIGHT = {stem: (SOLUTIONS / f"{stem}.py").read_text(encoding="utf-8") for stem in STEMS}
STUB = {f"{stem}.py": (EXERCISES / f"{stem}.py").read_text(encoding="utf-8") for stem in STEMS}
PLAIN = {f"{stem}.py": text for stem, text in RIGHT.items()}
NAMES = {ONE: "normalize, one_hot", TWO: "matrix_multiply, linear", THREE: "sigmoid"}
ALL = "\n\n".join(RIGHT.values())
FUNCTIONS = [name for stem in STEMS for name in registry.by_stem(stem).functions]
MINE = re.sub(rf"\b({'|'.join(FUNCTIONS)})\(", r"my_\1(", ALL)  # under names of their own
DRAFT = (
    "def normalize(X):\n    return X\n\n\ndef one_hot(labels, num_classes):\n    return labels\n"
)
HALF, _, OTHER_HALF = RIGHT[ONE].partition("def one_hot")
OTHER_HALF = f"import numpy as np\n\n\ndef one_hot{OTHER_HALF}"
IF_MAIN = 'if __name__ == "__main__":'
REST = {f"{TWO}.py": RIGHT[TWO], f"{THREE}.py": RIGHT[THREE]}


def named(pattern, texts=RIGHT):
    """The chapters under names made from a pattern such as `{}_final.py`."""
    return {pattern.format(stem): text for stem, text in texts.items()}


def inside(folder, files=PLAIN):
    return {f"{folder}/{name}": content for name, content in files.items()}


def book(*cells):
    cells = [{"cell_type": "code", "source": cell, "outputs": []} for cell in cells]
    return json.dumps({"cells": cells, "nbformat": 4})


def within(head, text=ALL, tail=""):
    """The text as a block below the head, such as `try:`."""
    return f"{head}\n{textwrap.indent(text, '    ')}\n{tail}"


def tarred(files, mode="w:gz"):
    """The bytes of a tar archive of these texts."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return buffer.getvalue()


def saved(*arrays):
    """The bytes of an `.npz` file."""
    buffer = io.BytesIO()
    np.savez(buffer, *arrays)
    return buffer.getvalue()


def opening(line, **files):
    """Chapter 1.1 with a line that opens one of these files."""
    return {**PLAIN, f"{ONE}.py": f"{RIGHT[ONE]}\n{line}\n", **files}


def importing(statement, *names, **files):
    """Chapter 1.1 that imports its functions from helper modules, the others as they are.

    names: of helper modules that hold the right code; `files` maps others to their texts
    """
    right = dict.fromkeys(names, RIGHT[ONE])
    return {f"{ONE}.py": f"{statement}\n", **REST, **right, **files}


def below(folder, *imports):
    """The chapters in a folder, where the later ones import the first by these statements."""
    texts = dict(zip((TWO, THREE), imports, strict=True))
    later = {f"{stem}.py": f"{texts[stem]}\n{RIGHT[stem]}" for stem in (TWO, THREE)}
    return inside(folder, {f"{ONE}.py": RIGHT[ONE], **later})


def written_by(*cells):
    """A notebook whose cells write files."""
    return {"Untitled.ipynb": book("!ls", *cells)}


def assigned(pattern, head="", tail=""):
    """One file with functions of other names, given theirs by `pattern`, perhaps in a block."""
    lines = "\n".join(pattern.format(name) for name in FUNCTIONS)
    return {"hw.py": f"import functools\n{MINE}\n{within(head, lines, tail) if head else lines}\n"}


def marimo(*cells):
    """A marimo notebook of cells: the names that they take and give, and their texts."""
    parts = ["import marimo", "app = marimo.App(width='medium')"]
    for takes, gives, text in cells:
        head = f"@app.cell(hide_code=True)\ndef _({takes}):"
        parts.append(within(head, text, f"    return {f'({gives},)' if gives else ''}"))
    return {"hw.py": "\n\n".join([*parts, within(IF_MAIN, "app.run()")])}


def functions_apart():
    """Each function of chapter 1.1 in a file of its own."""
    head, normalize, one_hot, *_ = RIGHT[ONE].split("\n\n\n")
    head = head[head.index("import numpy") :]
    one, two = (f"import numpy as np\n\n\n{text}\n" for text in (normalize, one_hot))
    return {"normalize.py": one, "one-hot.py": two, **REST}


INSTALLED = {
    **{f".venv/lib/python3/site-packages/p{n}/{ONE}.py": "x = 1" for n in range(50)},
    **{f"{folder}/{ONE}.py": "x = 1" for folder in (".git/x", "node_modules/a", "__pycache__")},
    f"my env/lib/{TWO}.py": "x = 1",
    "my env/pyvenv.cfg": "home = /usr/bin",
    ".ipynb_checkpoints/hw-checkpoint.ipynb": "{}",
    "__MACOSX/._x.py": b"\0\5",
}
TWO_WEEKS = {
    f"week1/{ONE}.py": "from utils import normalize, one_hot\n",
    "week1/utils.py": RIGHT[ONE],
    f"week2/{TWO}.py": "import utils as u\nmatrix_multiply, linear = u.matrix_multiply, u.linear\n",
    "week2/utils.py": RIGHT[TWO],
    f"week3/{THREE}.py": RIGHT[THREE],
}
TAKE = f"import {NAMES[ONE]}"
NO_TORCH = within("try:", "import torch\n\ndef sigmoid(Z):\n    return torch.sigmoid(Z)")

FORMS = {
    "plain": PLAIN,
    "a zip": {"work.zip": PLAIN},
    "a zip in a zip": {"work.zip": {"inner.zip": PLAIN}},
    "a folder in a folder": inside("my work/final"),
    "in a folder named exercises": inside("exercises"),
    "in a folder named solutions": inside("solutions"),
    "in a folder named chapters": inside("chapters"),
    "in a folder named tests": inside("tests"),
    "a folder a week": {f"week{n}/{name}": PLAIN[name] for n, name in enumerate(PLAIN)},
    "with all that is installed": {**PLAIN, **INSTALLED},
    "a zipped project": {"project.zip": inside("project/src") | inside("project", INSTALLED)},
    "downloaded twice": named("{} (1).py"),
    "copied by Windows": named("{} - Copy.py"),
    "copied by a German Windows": named("{} - Kopie.py"),
    "-Kopie": named("{}-Kopie.py"),
    "_final": named("{}_final.py"),
    "_v2": named("{}_v2.py"),
    "_FINAL_v3 (2)": named("{}_FINAL_v3 (2).py"),
    "_JSmith": named("{}_JSmith.py"),
    "JSmith_": named("JSmith_{}.py"),
    "with a number": named("2026-10-05 {} 4711.py"),
    "with letters that are not ASCII": named("Müller_{}_überarbeitet.py"),
    ".py.txt": named("{}.py.txt"),
    ".txt": named("{}.txt"),
    "in capitals": {name.upper(): text for name, text in PLAIN.items()},
    "with spaces": {name.replace("_", " "): text for name, text in PLAIN.items()},
    "with hyphens": {name.replace("_", "-"): text for name, text in PLAIN.items()},
    "as a title": {name.replace("_", " ", 1).replace("ch", "Ch. "): t for name, t in PLAIN.items()},
    "by numbers alone": {f"{n}.py": text for n, text in enumerate(RIGHT.values(), 1)},
    "homework.py": {"homework.py": ALL},
    "homework.py backwards": {"homework.py": "\n\n".join(reversed(RIGHT.values()))},
    "homework.py.txt": {"my homework.py.txt": ALL},
    "all in the first chapter's file": {f"{ONE}.py": ALL},
    "homework.py beside the stubs": {**STUB, "homework.py": ALL},
    "_final beside the stubs": {**STUB, **named("{}_final.py")},
    "a project with the work beside it": {
        **inside("exercises", STUB), "grader/x.py": "", "work.py": ALL,
    },
    "a notebook": {"Untitled1.ipynb": book(*ALL.split("\n\n\n"))},
    "a notebook in one cell": {"hw.ipynb": book(ALL)},
    "a notebook a chapter": {f"{stem} (1).ipynb": book(text) for stem, text in RIGHT.items()},
    "a notebook beside the stubs": {**STUB, "hw.ipynb": book(*RIGHT.values())},
    "a notebook and files": {"hw.ipynb": book(RIGHT[ONE]), **REST},
    "a function a file": functions_apart(),
    "a draft and then the right ones": {
        "hw.py": "def normalize(X):\n    return X\n\n\n" + ALL,
    },
    "a draft in another file": {**PLAIN, f"{ONE}_old.py": "def normalize(X): return X\n"},
    "an older folder": {**PLAIN, **inside("old", {f"{ONE}.py": "def normalize(X): return X\n"})},
    "an old folder and a new one": {
        **{f"my old work/{name}": DRAFT for name in (f"{ONE}.py", f"{ONE} (1).py")},
        **inside("new"),
    },
    "under each other's names": {**PLAIN, f"{ONE}.py": RIGHT[TWO], f"{TWO}.py": RIGHT[ONE]},
    "from .helpers": importing(f"from .helpers {TAKE}", "helpers.py"),
    "mylib": importing(f"from mylib {TAKE}", "mylib.py"),
    "import as": importing(
        "import mylib as m\nnormalize = m.normalize\none_hot = m.one_hot", "mylib.py"
    ),
    "a star": importing("from mylib import *", "mylib.py"),
    "from exercises": importing(f"from exercises.own {TAKE}", "own.py"),
    "a package": importing(f"from utils.arrays {TAKE}", "utils/arrays.py"),
    "a package that exports": importing(
        f"from utils {TAKE}",
        "utils/arrays.py",
        **{"utils/__init__.py": f"from .arrays {TAKE}\n"},
    ),
    "helpers of helpers": importing(
        f"from .one {TAKE}",
        "two/three.py",
        **{"one.py": f"from two.three {TAKE}\n"},
    ),
    "helpers above": {
        **inside("src", importing(f"from common.own {TAKE}")), "common/own.py": RIGHT[ONE],
    },
    "the folder's own name": inside(
        "src", importing(f"from src.own {TAKE}", "own.py")
    ),
    "helpers elsewhere": {
        **importing(f"import sys\nsys.path.append('lib')\nfrom own {TAKE}", "lib/own.py"),
    },
    "by name": importing(
        "import importlib\nown = importlib.import_module('own')\n"
        "normalize, one_hot = own.normalize, own.one_hot",
        "own.py",
    ),
    "a helper named as a module of Python": importing(
        f"from .statistics {TAKE}", "statistics.py"
    ),
    "a helper named as a module of the grader": importing(
        f"from session {TAKE}", "session.py"
    ),
    "a helper named data": importing(f"from data {TAKE}", "data.py"),
    "a package named data": importing(
        f"from data.own {TAKE}", "data/own.py", **{"data/__init__.py": ""}
    ),
    "a helper downloaded twice": importing(
        f"from helpers {TAKE}", "helpers (1).py"
    ),
    "helpers of one name": TWO_WEEKS,
    "an import of a name as it was": {
        f"{ONE}_final.py": RIGHT[ONE],
        f"{TWO}_final.py": f"from {ONE}_final import one_hot\n{RIGHT[TWO]}",
        f"{THREE}_final.py": f"from .{ONE}_final import normalize\n{RIGHT[THREE]}",
    },
    "copied by a French Windows": named("{} - Copie (2).py"),
    "copied by a Chinese Windows": named("{} - 副本.py"),
    "copied by a Spanish system": named("Copia de {}.py"),
    "with dots": named("j.smith.{}.final.py"),
    "homework.txt": {"homework.txt": ALL},
    "no suffix": {"homework": ALL},
    "a final one and a first one": {
        f"{ONE}_FINAL.py": RIGHT[ONE], f"{ONE}_v3.py": f"import numpy\n{DRAFT}", **REST,
    },
    "a repaired one and a broken one": {
        f"{ONE}.py": DRAFT.replace("(X)", "(X"), f"{ONE}_repaired.py": RIGHT[ONE], **REST,
    },
    "a folder a chapter": {f"Chapter 1.{n}/main.py": t for n, t in enumerate(RIGHT.values(), 1)},
    "%%writefile of chapters": written_by(*(f"%%writefile {s}.py\n{t}" for s, t in RIGHT.items())),
    "%%writefile piece by piece": written_by(
        f"%%writefile hw.py\n{RIGHT[ONE]}", *(f"%%file -a hw.py\n{RIGHT[s]}" for s in (TWO, THREE))
    ),
    "%%writefile of a helper": {
        **importing("from own import *"), **written_by(f"%%writefile ./own.py\n{RIGHT[ONE]}"),
    },
    "a notebook saved by Colab": {
        "hw.py": f"!pip install numpy\n# %matplotlib inline\n{ALL}\n%timeit 1\nif True:\n    !ls\n"
    },
    "a package of the chapters": below(
        "mypkg", f"from mypkg.{ONE} import normalize", f"from mypkg import {ONE} as a\na.one_hot"
    ),
    "a folder a week that imports another's": {
        f"week1/{ONE}.py": RIGHT[ONE],
        f"week2/{TWO}.py": f"from week1.{ONE} import normalize\n{RIGHT[TWO]}",
        f"week2/{THREE}.py": f"from ..week1.{ONE} import one_hot\n{RIGHT[THREE]}",
    },
    "a package that exports the chapters": {
        **below("mypkg", "from mypkg import one_hot", "import mypkg\nmypkg.normalize"),
        "mypkg/__init__.py": f"from .{ONE} import *\n",
    },
    "random.py": importing(
        f"from random import {NAMES[ONE]}\nfrom numpy import random\nrandom.rand(2)", "random.py"
    ),
    "types.py as a whole": importing(
        "import types as t\nnormalize, one_hot = t.normalize, t.one_hot", "types.py"
    ),
    "a package named code": importing(
        f"from code.own {TAKE}", "code/own.py", **{"code/__init__.py": ""}
    ),
    "a helper with a hyphen": importing(
        "import importlib\nown = importlib.import_module('my-own')\n"
        "normalize, one_hot = own.normalize, own.one_hot",
        "my-own.py",
    ),
    "a helper that was renamed": importing(f"from helpers {TAKE}", "helpers_final - Kopie.py"),
    "a helper in capitals": importing(f"from .helpers {TAKE}", "Helpers.PY"),
    "in another encoding": {name: text.encode("utf-16") for name, text in PLAIN.items()},
    "in UTF-16 without a mark": {n: text.encode("utf-16-le") for n, text in PLAIN.items()},
    "files joined, each with a mark": {"hw.py": "\ufeff" + "\ufeff".join(RIGHT.values())},
    "with an old Mac's line ends": {"hw.py": ALL.replace("\n", "\r")},
    "with MS-DOS's end of file": {name: f"{text}\x1a" for name, text in PLAIN.items()},
    "in a block": {"hw.py": within("if True:")},
    "in a block a chapter": {"hw.py": "\n".join(within("if True:", t) for t in RIGHT.values())},
    "below try": {"hw.py": within("try:", tail="except ImportError:\n    pass\n")},
    "below with": {"hw.py": "import numpy as np\n" + within("with np.errstate(all='ignore'):")},
    "in a block in a block": {
        "hw.py": within("if True:", within("try:", tail="finally:\n    pass")),
    },
    "where an import fails": {
        "hw.py": f"{NO_TORCH}{within('except ImportError:', RIGHT[THREE])}{RIGHT[ONE]}{RIGHT[TWO]}",
    },
    "a notebook's main program": {"hw.ipynb": book(within(IF_MAIN))},
    "a .tar.gz": {"work.tar.gz": tarred(inside("work"))},
    "a .tar": {"work.tar": tarred(PLAIN, "w")},
    "a .tgz in a zip": {"work.zip": {"inner.tgz": tarred(PLAIN)}},
    "a zip named .rar": {"work.rar": zipped(PLAIN)},
    "packed without an archive": {
        name: bz2.compress(text.encode()) for name, text in named("{}.py.bz2").items()
    },
    "a packed file": {"homework.py.gz": gzip.compress(ALL.encode())},
    "a packed notebook downloaded twice": {"hw.ipynb.gz (1)": gzip.compress(book(ALL).encode())},
    "text that is executed": named("{}.py", {s: f"exec({t!r})" for s, t in RIGHT.items()}),
    "names put into globals": named(
        "{}.py",
        {s: f"made = {{}}\nexec({t!r}, made)\nglobals().update(made)" for s, t in RIGHT.items()},
    ),
    "imports inside functions": importing(
        "def normalize(X):\n    from own import normalize as f\n    return f(X)\n\n"
        "def one_hot(*given):\n    import own\n    return own.one_hot(*given)\n",
        "own.py",
    ),
    "functions that register themselves": {
        "hw.py": "TASKS = {}\n\ndef task(f):\n    return TASKS.setdefault(f.__name__, f)\n\n"
        + re.sub(r"^def ", "@task\ndef ", ALL, flags=re.M)
    },
    "a zip without a suffix": {"work": zipped(PLAIN)},
    "zips four deep": {"a.zip": {"b.zip": {"c.zip": PLAIN}}},
    "arrays that the code loads": opening("np.load('w.npz')['arr_0']", **{"w.npz": saved(1)}),
    "a table that the code reads": inside(
        "src", opening("np.loadtxt('data/a.csv')", **{"data/a.csv": "1\n"})
    ),
    "a text that the code opens": opening("np.genfromtxt('notes.txt')", **{"notes.txt": "0.1"}),
    "a file beside the chapter's": opening(
        "from pathlib import Path\n(Path(__file__).parent / 'a.json').read_text()",
        **{"a.json": "{}"},
    ),
    "assigned together": {
        "hw.py": f"{MINE}\n({', '.join(FUNCTIONS)}) = my_{', my_'.join(FUNCTIONS)}\n"
    },
    "assigned in a chain": assigned("{0} = other = my_{0}"),
    "assigned with a type": assigned("{0}: 'Callable[..., object]' = my_{0}"),
    "assigned in a block": assigned("{0} = my_{0}", "try:", "except ImportError:\n    pass\n"),
    "assigned on one line": {
        "hw.py": f"{MINE}\n{'; '.join(f'{name} = my_{name}' for name in FUNCTIONS)}\n"
    },
    "a partial over lines": assigned("{0} = functools.partial(\n    my_{0},\n)"),
    "a lambda in brackets": assigned("{0} = (lambda *given: my_{0}(*given))", "if True:"),
    "a table of functions": assigned("{0} = dict(f=my_{0})['f']"),
    "arguments named as functions": {
        "hw.py": ALL + within("if True:", "dict(", "        sigmoid=3,\n    )")
    },
    "all in the wrong file beside the stubs": {**STUB, f"{TWO}.py": ALL},
    "half in another chapter's file": {
        **REST, f"{ONE}.py": HALF, f"{TWO}.py": f"{RIGHT[TWO]}\n\n{OTHER_HALF}",
    },
    "a stub of what is in another chapter's file": {
        f"{ONE}.py": f"{HALF}\ndef one_hot(labels, num_classes):\n    raise NotImplementedError\n",
        f"{TWO}.py": RIGHT[TWO], f"{THREE}.py": f"{OTHER_HALF}\n\n{RIGHT[THREE]}",
    },
    "a zip and a later one": {"w.zip": {f"{ONE}.py": DRAFT}, "w (1).zip": PLAIN},
    "a zip and an old one": {"w_old.zip": {f"{ONE}.py": DRAFT}, "w.zip": PLAIN},
    "a zip and a file that replaces one in it": {
        "w (2).zip": {**PLAIN, f"{ONE}.py": DRAFT}, f"{ONE}.py": RIGHT[ONE],
    },
    "a marimo notebook": marimo(
        ("np", "sigmoid", RIGHT[THREE]), ("np", "", ALL), ("", "np", "import numpy as np"),
    ),
    "a marimo notebook of functions": {
        "hw.py": "import marimo\n\napp = marimo.App()\n\n"
        + within("with app.setup:", "import numpy as np")
        + re.sub(r"^def ", "@app.function\ndef ", ALL, flags=re.M)
    },
    "a notebook named as a program": {"hw.py": book(ALL)},
    "a program named as a notebook": {"hw.ipynb": ALL},
    "cells of a script with commands": named(
        "{}.py", {stem: f"# %%\n%matplotlib inline\n# %%\n{t}" for stem, t in RIGHT.items()}
    ),
    "arrays whose name the code makes": opening(
        "n = 1\nnp.load(f'w{n}.npz')", **{"w1.npz": saved(1)}
    ),
    "a folder that the code lists": opening(
        "from pathlib import Path\n[np.load(path) for path in Path('own').iterdir()][0]",
        **{"own/w.npz": saved(1)},
    ),
    "with Windows' line ends": {n: text.replace("\n", "\r\n") for n, text in PLAIN.items()},
}  # fmt: skip


def exported(platform, submissions):
    """A platform's export of these submissions, the students numbered from 100 on.

    Canvas has no folders, so whoever hands in some uploads a zip.
    """
    files = {}
    for number, content in enumerate(submissions, 100):
        flat = all("/" not in name for name in content)
        uploads = content if flat else {"upload.zip": content}
        for index, (name, data) in enumerate(uploads.items()):
            files[PLATFORMS[platform].format(n=number, index=index, name=name)] = data
    return files


PLATFORMS = {
    "canvas": "student{n}_{n}_{n}{index:03}_{name}",
    "moodle": "Student {n}_{n}_assignsubmission_file_/{name}",
    "brightspace": "{n}-1 - Student {n} - Oct 5, 2026 1234 PM/{name}",
    "gradescope": "submission_{n}/{name}",
}
