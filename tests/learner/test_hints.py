"""`grade hint`: three steps for every function, none of them the answer, the fitting one first."""

import ast
import re
import shutil

import pytest
from support import grade_versions, made_results
from support.running import EXERCISES, SOLUTIONS, call_grade

import data
from grader import misconceptions
from grader.course import registry
from grader.course.results import ChapterResult
from grader.grading import checks
from grader.learner import hints, progress

CHAPTERS = registry.chapters()
FUNCTIONS = [(chapter, name) for chapter in CHAPTERS for name in chapter.functions]


def texts(stem, name):
    """Every hint of a function, by step or misconception."""
    given = hints.for_chapter(stem)[name]
    return {step: given[step] for step in hints.STEPS} | given.get("misconceptions", {})


def code(text):
    """The indented lines of a hint."""
    return "\n".join(line for line in text.splitlines() if line.startswith("    "))


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.id)
def test_every_function_has_its_three_steps_and_hints_for_what_is_in_the_bank(chapter):
    assert list(hints.for_chapter(chapter.stem)) == list(chapter.functions)
    for name in chapter.functions:
        known = {one.name for one in misconceptions.for_function(chapter.stem, name)}
        fitting = hints.for_chapter(chapter.stem)[name].get("misconceptions", {})
        assert fitting.keys() <= known
        assert len(fitting) >= 3 or fitting.keys() == known, name
        for text in texts(chapter.stem, name).values():
            assert text.isascii()
            assert 20 < len(text) < 2500
            assert max(map(len, text.splitlines())) <= 80
        assert "?" in hints.for_chapter(chapter.stem)[name]["question"]
        assert code(hints.for_chapter(chapter.stem)[name]["nearly"])


def _statements(name, stem):
    """The lines of the solution's body, without what only refuses bad arguments."""
    tree = ast.parse((SOLUTIONS / f"{stem}.py").read_text(encoding="utf-8"))
    (function,) = [node for node in tree.body if getattr(node, "name", None) == name]
    guards = [node for node in ast.walk(function) if _is_guard(node)]
    body = [node for node in function.body[1:] if node not in guards]
    return {line.strip() for node in body for line in ast.unparse(node).splitlines()}


def _is_guard(node):
    return isinstance(node, ast.If) and isinstance(node.body[-1], ast.Raise) and not node.orelse


def _plain(text):
    """Without comments and spaces, for comparing code with code."""
    return re.sub(r"\s|#.*", "", text)


@pytest.mark.parametrize(
    ("chapter", "name"), FUNCTIONS, ids=lambda value: str(getattr(value, "id", value))
)
def test_no_hint_holds_the_body(chapter, name):
    body = {_plain(line) for line in _statements(name, chapter.stem)}
    for step, text in texts(chapter.stem, name).items():
        shown = {_plain(line) for line in text.splitlines()}
        assert not body <= shown, step


def _has_convolutions(chapter):
    return chapter.module == "4" or chapter.id == "5.4"


@pytest.mark.parametrize(
    "chapter",
    [
        pytest.param(chapter, id=chapter.id, marks=[pytest.mark.slow] * _has_convolutions(chapter))
        for chapter in CHAPTERS
    ],
)
def test_the_last_hint_put_in_as_the_body_does_not_pass(chapter):
    names = list(chapter.functions)
    bodies = [code(hints.for_chapter(chapter.stem)[name]["nearly"]) for name in names]
    heads = [_head(chapter.stem, name) for name in names]
    versions = [f"{head}\n{body}\n" for head, body in zip(heads, bodies, strict=True)]
    dataset = data.load("digits")
    with grade_versions.submission(
        chapter.stem, [grade_versions.chapter_with(chapter.stem, version) for version in versions]
    ) as (workers, files):
        for name, file in zip(names, files, strict=True):
            checked = checks.run_function(
                workers, chapter.stem, name, file=file, dataset=dataset, stop=True
            )
            assert any(check.finding for check in checked), name


def _head(stem, name):
    text = (SOLUTIONS / f"{stem}.py").read_text(encoding="utf-8")
    return re.search(rf"^(?:def {name}\(.*?\)|class {name}.*?):$", text, re.M | re.S)[0]


@pytest.fixture
def course(tmp_path):
    shutil.copytree(EXERCISES, tmp_path / "exercises")
    return tmp_path


def hint(course, *arguments):
    done = call_grade("hint", *arguments, cwd=course)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()
    assert max(map(len, done.stdout.splitlines())) <= 80
    return " ".join(done.stdout.split())


def test_each_call_tells_more_and_the_last_one_is_repeated(course):
    given = [hint(course, "3.2", "softmax") for _ in range(4)]
    for number, text in enumerate(given[:3], 1):
        assert f"hint {number} of 3" in text
    assert len(set(given)) == 3
    assert given[3] == given[2]
    assert "That is the last hint" in given[3]
    again = hint(course, "3.2", "softmax", "--again")
    assert [again.count(f"hint {number} of 3") for number in (1, 2, 3)] == [1, 1, 1]
    assert "No hint was given yet" in hint(course, "3.2", "relu", "--again")


def test_without_a_function_it_is_the_first_that_does_not_pass(course):
    assert "`normalize`, hint 1 of 3" in hint(course)
    file = course / "exercises" / "ch1_1_numpy_arrays.py"
    solution = (SOLUTIONS / file.name).read_text(encoding="utf-8")
    head, mark, rest = solution.partition("    labels = np.asarray(labels)\n")
    file.write_text(head + '    raise NotImplementedError("write")\n' + mark + rest)
    call_grade("run", "1.1", cwd=course)
    assert "`one_hot`, hint 1 of 3" in hint(course, "1.1")
    shutil.copy(SOLUTIONS / file.name, file)
    call_grade("run", "1.1", cwd=course)
    assert "`grade diff 1.1`" in hint(course, "1.1")


def test_where_the_reference_stands_in_it_is_about_what_is_missing(course):
    chapter = registry.by_stem("ch3_3_forward_mlp")
    shutil.copy(SOLUTIONS / f"{chapter.stem}.py", course / "exercises")
    graded = [
        made_results.function(name, made_results.check("x"), points=points)
        for name, points in chapter.functions.items()
    ]
    graded[1] |= {"status": "todo", "because_of": [{"id": "3.2", "name": "softmax"}]}
    result = ChapterResult.from_json(made_results.chapter(chapter.id, *graded))
    progress.record(course / "exercises", [result])
    assert "depends on `softmax` (3.2): 3.2 `softmax`, hint 1 of 3" in hint(course, "3.3")
    assert "Next: `grade run 1.1`" in call_grade(cwd=course).stdout


def test_what_was_diagnosed_chooses_the_hint(course):
    file = course / "exercises" / "ch3_2_activation_functions.py"
    text = (SOLUTIONS / file.name).read_text(encoding="utf-8")
    file.write_text(text.replace("powers.sum(axis=-1", "powers.sum(axis=0"))
    call_grade("run", "3.2", cwd=course)
    told = hints.for_chapter(file.stem)["softmax"]["misconceptions"]["columns_instead_of_rows"]
    first = hint(course, "3.2")
    assert "`softmax`, hint for this mistake" in first
    assert " ".join(told.split()) in first
    assert "hint 1 of 3" in hint(course, "3.2")
    shutil.copy(EXERCISES / file.name, file)
    assert "`softmax`, hint for this mistake" in hint(course, "softmax", "--again")


def test_a_mistake_without_a_hint_of_its_own_gets_the_first_step(course):
    file = course / "exercises" / "ch1_1_numpy_arrays.py"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('raise NotImplementedError("write `normalize`")', "return x", 1))
    assert "name 'x' is not defined" in call_grade("run", "1.1", cwd=course).stdout
    assert "`normalize`, hint 1 of 3" in hint(course, "1.1")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["9.9"], "no chapter `9.9`"),
        (["3"], "names 4 chapters"),
        (["3.2", "sofmax"], "no function `sofmax`"),
        (["3.2", "--submission", "nowhere"], "no folder `nowhere`"),
    ],
)
def test_misuse_is_one_line(course, arguments, words):
    done = call_grade("hint", *arguments, cwd=course)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert words in line
