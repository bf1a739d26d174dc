"""The wheel, built in a clone where somebody has solved the course, installed where no clone is."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile

import pytest
from support.environments import fresh_environment
from support.running import POINTS, ROOT, SOLUTIONS, call_grade

from grader.classroom import grader_version
from grader.course import places, registry

pytestmark = [pytest.mark.slow, pytest.mark.needs("hatchling")]
FIRST = registry.chapters()[0].stem
TOP_LEVEL = re.compile(r"grader/|learn_deep_learning_with_numpy-[^/]+\.dist-info/")
SECRET = "an answer of a learner"


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A clone with solved exercises, a notebook, a picture and images in the cache."""
    folder = tmp_path_factory.mktemp("clone") / "course"
    ignored = shutil.ignore_patterns(".git", ".venv", "__pycache__", "cache", "bench", "tests")
    shutil.copytree(ROOT, folder, ignore=ignored)
    shutil.rmtree(folder / "exercises")
    shutil.copytree(SOLUTIONS, folder / "exercises", ignore=ignored)
    exercises = folder / "exercises"
    (exercises / f"{FIRST}.py").write_text(f"# {SECRET}\n")
    for file in (
        exercises / "mine.py",
        exercises / f"{FIRST}.ipynb",
        folder / "pictures" / "a.png",
    ):
        file.parent.mkdir(exist_ok=True)
        file.write_text(SECRET)
    (folder / "data" / "cache").mkdir()
    (folder / "data" / "cache" / "mnist.npz").write_text(SECRET)
    return folder


@pytest.fixture(scope="module")
def wheel(clone, tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    pip("wheel", "-q", "--no-deps", "--no-build-isolation", "-w", out, clone)
    (path,) = out.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The folder of the commands in an environment with this wheel and the libraries from here."""
    scripts = fresh_environment(tmp_path_factory.mktemp("environment"))
    python = shutil.which("python", path=scripts)
    pip("--python", python, "install", "-q", "--no-deps", "--no-index", wheel)
    return scripts


@pytest.fixture(scope="module")
def course(installed, tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    done = run(installed, "grade", "start", "course", cwd=home)
    assert done.returncode == 0, done.stderr
    return home / "course"


def pip(*args):
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, args)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr


def run(scripts, command, *args, cwd):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        [shutil.which(command, path=scripts), *map(str, args)],
        cwd=cwd,
        env=kept | {"LEARN_DL_DATA": "", "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
    )


def test_it_holds_one_package_and_pristine_stubs(wheel):
    with zipfile.ZipFile(wheel) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    assert all(map(TOP_LEVEL.match, contents)), sorted(contents)
    assert not [name for name, data in contents.items() if SECRET.encode() in data]
    for stub in places.STUBS.glob("*.py"):
        assert contents[f"grader/stubs/{stub.name}"] == stub.read_bytes()
    for chapter in registry.chapters():
        assert f"grader/bundled/lessons/{chapter.stem}.md" in contents


def test_the_source_archive_holds_stubs_too(clone, tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path)]
    done = subprocess.run(command, cwd=clone, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    (archive,) = tmp_path.glob("*.tar.gz")
    shutil.unpack_archive(archive, tmp_path, filter="data")
    (folder,) = filter(os.path.isdir, tmp_path.iterdir())
    held = {path.name: path.read_bytes() for path in (folder / "exercises").iterdir()}
    assert held == {path.name: path.read_bytes() for path in places.STUBS.glob("*.py")}
    assert not (folder / "data" / "cache").exists()


def test_nothing_but_grader_can_be_imported(installed, tmp_path):
    names = ("data", "exercises", "lessons", "solutions")
    code = f"import importlib.util as util; print(*map(util.find_spec, {names}))"
    assert run(installed, "python", "-c", code, cwd=tmp_path).stdout == "None None None None\n"
    code = "import grader, data, solutions; print(data.__file__, solutions.__file__)"
    for file in run(installed, "python", "-c", code, cwd=tmp_path).stdout.split():
        assert file.startswith(os.path.dirname(installed))


def test_it_hands_out_the_same_edition_as_the_clone(installed, tmp_path):
    done = run(installed, "grade", "handout", "--out", "installed.zip", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert call_grade("handout", "--out", tmp_path / "clone.zip").returncode == 0
    archives = [zipfile.ZipFile(tmp_path / f"{name}.zip") for name in ("installed", "clone")]
    first, second = ({n: a.read(n) for n in a.namelist()} for a in archives)
    assert first == second


def test_the_version_is_that_of_the_clone(installed, tmp_path):
    digest = grader_version.current().partition("+")[2]
    assert run(installed, "grade", "--version", cwd=tmp_path).stdout.strip().endswith(digest)


def test_a_course_is_started_and_graded(installed, course):
    assert f"0 of {POINTS} points" in run(installed, "grade", cwd=course).stdout
    done = run(installed, "grade", "run", "1.1", cwd=course)
    assert done.returncode == 1, done.stderr
    exercises = course / "exercises"
    for stem in ("ch1_2_matrix_operations", "ch2_1_loss_functions", "ch2_2_gradient_descent"):
        shutil.copy(SOLUTIONS / f"{stem}.py", exercises)
    with open(exercises / "ch1_2_matrix_operations.py", "a", encoding="utf-8") as file:
        file.write("\n\ndef matrix_multiply(X, W):\n    return X\n")
    done = run(installed, "grade", "run", "1.2", "2.2", "--json", "out.json", cwd=exercises)
    assert done.returncode == 1, done.stderr
    chapters = json.loads((exercises / "out.json").read_text(encoding="utf-8"))["chapters"]
    found = {f["name"]: f for chapter in chapters for f in chapter["functions"]}
    assert found["linear"]["status"] == "passed"
    assert found["matrix_multiply"]["score"] == 0
    gradient = found["mse_gradient"]
    # The reference is inside the package, so that the mistake in `matrix_multiply` costs once.
    assert gradient["score"] == gradient["max_score"]
    assert [guilty["name"] for guilty in gradient["because_of"]] == ["matrix_multiply"]


def test_the_other_commands_work_from_it(installed, course):
    shutil.copy(SOLUTIONS / "ch1_1_numpy_arrays.py", course / "exercises")
    for command in (
        ("diff", "one_hot"),
        ("lesson", "1.1", "--text"),
        ("hint", "softmax"),
        ("plot", "1.1"),
        ("data",),
        ("reset", "1.1"),
        ("run", "1.1", "--submission", course / "exercises"),
    ):
        done = run(installed, "grade", *command, cwd=course)
        assert done.returncode == (1 if command[0] == "run" else 0), (command, done.stderr)
    done = run(installed, "grade", "autograder", "--out", "zip.zip", cwd=course)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(course / "zip.zip") as archive:
        names = archive.namelist()
    assert {"data/__init__.py", "grader/cli.py"} <= set(names)
    assert not [name for name in names if "bundled" in name or "solutions" in name]


def test_a_demonstration_finds_the_data(installed, course):
    for stem in ("ch1_1_numpy_arrays", "ch1_2_matrix_operations", "ch2_1_loss_functions"):
        shutil.copy(SOLUTIONS / f"{stem}.py", course / "exercises")
    shutil.copy(SOLUTIONS / "ch2_2_gradient_descent.py", course / "exercises")
    done = run(installed, "python", "-m", "exercises.ch2_2_gradient_descent", cwd=course)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("gradient descent: y = ")


def test_outside_of_a_course_no_clone_is_named(installed, tmp_path):
    done = run(installed, "grade", cwd=tmp_path)
    assert done.returncode == 2
    assert "`grade start DIR`" in done.stderr
    assert "clone" not in done.stderr
