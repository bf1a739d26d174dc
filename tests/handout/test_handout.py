"""`grade handout`: what the learner's edition holds, what it leaves out, and that it works."""

import ast
import io
import os
import shlex
import subprocess
import sys
import zipfile

import pytest
import yaml
from support import own_chapters
from support.environments import ENVIRONMENT, fresh_environment
from support.running import ROOT, SOLUTIONS, call_grade

from grader.course import registry, stubs
from grader.misconceptions import PACKED

WEEK = "1.1-2.2"
RELEASED = [chapter.stem for chapter in registry.select([WEEK])]
LATER = [chapter.stem for chapter in registry.chapters() if chapter.stem not in RELEASED]
TOP_LEVEL = {
    *(".github", ".gitignore", ".gitlab-ci.yml", ".vscode", "LICENSE", "README.md", "data"),
    *("docs", "exercises", "grader", "hatch_build.py", "lessons", "pyproject.toml"),
}
SHORT, LONG = 40, 60  # characters of a body, and of a line, that nobody writes twice by chance


def handed_out(folder, *options):
    """The files of an edition, by name."""
    out = folder / "course.zip"
    done = call_grade("handout", "--out", out, *options)
    assert (done.returncode, done.stderr) == (0, "")
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return handed_out(tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    return handed_out(tmp_path_factory.mktemp("week"), "--chapters", WEEK)


def unpacked(files, folder):
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def bodies(source):
    """The lines of each function to be written, docstrings and comments aside."""
    tops = ast.parse(source).body
    methods = [node for top in tops if isinstance(top, ast.ClassDef) for node in top.body]
    for node in (*tops, *methods):
        if isinstance(node, ast.FunctionDef) and node.name not in stubs.KEPT:
            first = node.body[bool(ast.get_docstring(node))]
            lines = source.splitlines()[first.lineno - 1 : node.end_lineno]
            yield [line.strip() for line in lines if line.strip() and line.strip()[0] != "#"]


def test_it_holds_no_solution_test_bench_or_history(whole):
    assert {name.partition("/")[0] for name in whole} == TOP_LEVEL
    for part in ("solutions", "tests", "bench", ".git", "__pycache__", "cache"):
        assert not [name for name in whole if part in name.split("/")], part


def test_no_function_of_the_reference_can_be_read_in_it(whole):
    """No body stands anywhere, and no long line of one in the grader or in the hints."""
    texts = {
        name: "\n".join(line.strip() for line in data.decode().splitlines())
        for name, data in whole.items()
        if name.endswith((".py", ".toml", ".md"))
        and name.rpartition("/")[2] not in stubs.WHOLE  # gifts: they are handed out complete
    }
    of_grader = "\n".join(text for name, text in texts.items() if not name.startswith("lessons/"))
    for path in SOLUTIONS.glob("ch*.py"):
        for lines in bodies(path.read_text(encoding="utf-8")):
            body = "\n".join(lines)
            if len(body) >= SHORT:
                assert not [name for name, text in texts.items() if body in text]
            assert not [line for line in lines if len(line) >= LONG and line in of_grader]


def test_the_exercises_are_the_pristine_stubs(whole):
    for path in (ROOT / "grader" / "stubs").glob("*.py"):
        assert whole[f"exercises/{path.name}"] == path.read_bytes()


def test_later_chapters_are_in_no_folder(week):
    with zipfile.ZipFile(io.BytesIO(week[f"grader/misconceptions/{PACKED.name}"])) as bank:
        names = [*week, *bank.namelist()]
    for stem in LATER:
        assert not [name for name in names if stem in name]
    for folder, suffix in (("exercises", "py"), ("grader/stubs", "py"), ("lessons", "md")):
        held = {name for name in week if name.startswith(f"{folder}/ch")}
        assert held == {f"{folder}/{stem}.{suffix}" for stem in RELEASED}
    library = week["exercises/neural_network.py"].decode()
    assert [stem for stem in (*RELEASED, *LATER) if f".{stem} import" in library] == RELEASED


def test_chapters_that_others_build_on_come_along(tmp_path):
    done = call_grade("handout", "--out", tmp_path / "a.zip", "--chapters", "3.1")
    assert "with 1.2, 1.3, 2.1, 2.3, which the others build on" in done.stdout


def test_the_same_chapters_give_the_same_zip(week, tmp_path):
    assert handed_out(tmp_path, "--chapters", "1,2.1", "--chapters", "2.2") == week


def test_an_earlier_zip_is_kept(tmp_path):
    (tmp_path / "course.zip").write_text("mine")
    assert "README.md" in handed_out(tmp_path, "--chapters", "1.1")
    (kept,) = tmp_path.glob("course.zip.*.backup")
    assert kept.read_text() == "mine"


@pytest.mark.parametrize(
    ("out", "said"),
    [("none/course.zip", "cannot be written"), ("a.zip", "is a folder")],
)
def test_what_cannot_be_written_is_one_line(tmp_path, out, said):
    (tmp_path / "a.zip").mkdir()
    done = call_grade("handout", "--out", out, cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert said in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_own_chapters_are_in_it_without_their_solutions(tmp_path):
    course = own_chapters.write(tmp_path / "my-chapters")
    files = handed_out(tmp_path, "--chapters", "6.1", "--course", course)
    stem = own_chapters.STEM
    for name in (f"exercises/{stem}.py", f"grader/chapters/{stem}.py", f"grader/hints/{stem}.toml"):
        assert name in files
    assert b"NotImplementedError" in files[f"exercises/{stem}.py"]
    assert not [name for name, data in files.items() if b"(x, width).mean(axis=1)" in data]


def grade_there(folder, *args):
    """`grade` of the unpacked edition itself, which is in the current folder."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    return subprocess.run(
        [sys.executable, "-m", "grader", *args],
        cwd=folder,
        env=environment | {"LEARN_DL_DATA": "", "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_board_and_the_diagnosis_work_there(week, tmp_path):
    folder = unpacked(week, tmp_path)
    board = grade_there(folder)
    assert "2.2" in board.stdout
    assert "2.3" not in board.stdout
    file = folder / "exercises" / "ch1_2_matrix_operations.py"
    stub = 'raise NotImplementedError("write `matrix_multiply`")'
    file.write_text(file.read_text().replace(stub, "return 1.0 * X * W"))
    done = grade_there(folder, "run", "matrix_multiply")
    assert "`*` multiplies entry by entry" in done.stdout


@pytest.fixture(scope="module")
def repository(week, tmp_path_factory):
    """The edition of a week with the reference written into it, and an environment for it."""
    folder = unpacked(week, tmp_path_factory.mktemp("repository"))
    for stem in RELEASED:
        (folder / "exercises" / f"{stem}.py").write_bytes((SOLUTIONS / f"{stem}.py").read_bytes())
    return folder, fresh_environment(tmp_path_factory.mktemp("environment"))


def jobs(folder):
    """The shell commands of the two CI files, in the order in which they run."""
    github = yaml.safe_load((folder / ".github" / "workflows" / "grade.yml").read_text())
    gitlab = yaml.safe_load((folder / ".gitlab-ci.yml").read_text())["grade"]
    steps = [step["run"] for step in github["jobs"]["grade"]["steps"] if "run" in step]
    yield "github", [line for step in steps for line in step.splitlines()]
    yield "gitlab", [*gitlab["before_script"], *gitlab["script"], *gitlab["after_script"]]


@pytest.mark.slow
@pytest.mark.needs("hatchling", "posix")
@pytest.mark.parametrize("host", ["github", "gitlab"])
def test_a_push_is_graded(repository, host):
    folder, scripts = repository
    written = folder / "step-summary.md"
    environment = ENVIRONMENT | {
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_STEP_SUMMARY": str(written),
    }
    printed = ""
    for command in dict(jobs(folder))[host]:
        done = subprocess.run(
            ["sh", "-ec", command], cwd=folder, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, command + done.stdout + done.stderr
        printed += done.stdout
    summary = written.read_text() if host == "github" else printed
    full = sum(chapter.points for chapter in registry.select([WEEK]))
    assert f"{full:g} of {full:g} points" in summary
    assert 'failures="0" errors="0"' in (folder / "junit.xml").read_text()


@pytest.mark.slow
@pytest.mark.needs("hatchling", "posix")
def test_a_push_that_breaks_a_function_is_red_and_says_why(repository):
    folder, scripts = repository
    file = folder / "exercises" / "ch1_1_numpy_arrays.py"
    right = file.read_text()
    file.write_text(right + "\n\ndef normalize(X):\n    return X\n")
    codes = []
    try:
        for command in dict(jobs(folder))["github"][1:]:
            environment = ENVIRONMENT | {
                "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
                "GITHUB_STEP_SUMMARY": str(folder / "red.md"),
            }
            codes.append(
                subprocess.run(["sh", "-ec", command], cwd=folder, env=environment).returncode
            )
    finally:
        file.write_text(right)
    assert codes == [1, 0, 0, 0]
    assert (
        "| 1.1 Getting started with NumPy arrays | 4 of 10 | failing |"
        in (folder / "red.md").read_text()
    )


@pytest.mark.slow
@pytest.mark.needs("posix")
def test_watch_goes_to_the_next_chapter_and_not_beyond_the_week(week, tmp_path):
    from support.watching import Watching

    folder = unpacked(week, tmp_path)
    last = RELEASED[-1]
    with Watching(folder, "2.1", PYTHONPATH=str(folder)) as watch:
        watch.until_foot()
        watch.press("n")
        watch.said(last)
        watch.until_foot()
        assert watch.end()[0] == 0


def test_every_command_of_the_readme_exists(week):
    readme = week["README.md"].decode()
    assert "grade diff" not in readme
    for line in readme.splitlines():
        if line.startswith("| `grade "):
            command = shlex.split(line.split("`")[1])[1:2]
            assert not command or call_grade(*command, "--help").returncode == 0, line
