"""`grade plot`: pictures from the learner's own functions, and what keeps one from being drawn."""

import ast
import re
import shutil
import struct
import warnings
from functools import cache

import matplotlib
import numpy as np
import pytest
from support.running import EXERCISES, SOLUTIONS, call_grade, run_grade

import data
from grader import pictures
from grader.course import registry
from grader.pictures import style
from grader.vocabulary.finding import Finding

CHAPTERS = registry.chapters()
QUICK = ("1.1", "1.3", "3.2")
SIGMOID = "ch1_3_activation_basics"
EVERYDAY_OR_SLOW = [
    pytest.param(chapter, id=chapter.id, marks=() if chapter.id in QUICK else pytest.mark.slow)
    for chapter in CHAPTERS
]


@cache
def digits():
    return data.load("digits")


def drawn(chapter, folder=SOLUTIONS):
    return dict(pictures.draw(chapter, folder, digits))


def named(chapter_id):
    return next(chapter for chapter in CHAPTERS if chapter.id == chapter_id)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.id)
def test_every_chapter_has_pictures_whose_files_have_a_name_of_their_own(chapter):
    names = [pictures.file_stem(chapter.stem, one) for one in pictures.for_chapter(chapter.stem)]
    assert names
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(rf"{chapter.stem}-[a-z0-9-]+", name) for name in names)


@pytest.mark.parametrize("chapter", EVERYDAY_OR_SLOW)
def test_the_reference_draws_every_picture_of_the_chapter(chapter):
    before = {name: matplotlib.rcParams[name] for name in style.RULES}
    for name, figure in drawn(chapter).items():
        assert not isinstance(figure, Finding), f"{name}: {figure}"
        assert_made_well(figure)
        image = pictures.png(figure)
        assert struct.unpack(">II", image[16:24]) == (1200, 675)
    assert {name: matplotlib.rcParams[name] for name in style.RULES} == before


@pytest.mark.slow
@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.id)
def test_without_the_learners_functions_there_is_no_picture(chapter):
    for name, finding in drawn(chapter, EXERCISES).items():
        assert isinstance(finding, Finding), name
        assert finding.status == "todo", f"{name}: {finding}"


def assert_made_well(figure):
    assert figure.get_suptitle()
    bounds = figure.bbox
    for artist in [figure._suptitle, *figure.legends]:
        assert inside(artist.get_window_extent(), bounds), f"cut off: {artist}"
    for ax in all_axes(figure):
        if ax.axison:
            assert labelled(ax, "x"), f"x axis without a label: {ax.get_title(loc='left')}"
            assert labelled(ax, "y"), f"y axis without a label: {ax.get_title(loc='left')}"
            assert inside(ax.get_tightbbox(), bounds), f"cut off: {ax.get_title(loc='left')}"


def all_axes(figure):
    return [*figure.axes, *(ax for part in figure.subfigs for ax in all_axes(part))]


def inside(box, bounds):
    slack = 1.0  # of a pixel, for rounding
    return (
        box.x0 >= bounds.x0 - slack
        and box.y0 >= bounds.y0 - slack
        and box.x1 <= bounds.x1 + slack
        and box.y1 <= bounds.y1 + slack
    )


def labelled(ax, which):
    """By its own label or that of a panel that it shares the axis with; a colour bar by either."""
    if hasattr(ax, "_colorbar"):
        return bool(ax.get_xlabel() or ax.get_ylabel())
    group = getattr(ax, f"get_shared_{which}_axes")().get_siblings(ax)
    return any(getattr(one, f"get_{which}label")() for one in {ax, *group})


def test_the_lines_of_a_picture_differ_in_grey_and_in_style():
    red, green, blue = np.array([matplotlib.colors.to_rgb(c) for c in style.COLORS[:4]]).T
    lightness = 0.299 * red + 0.587 * green + 0.114 * blue
    assert (np.diff(lightness) > 0.1).all()
    assert len(set(style.DASHES)) == len(set(style.MARKERS)) == len(style.COLORS)


def test_no_picture_needs_pyplot():
    for path in pictures.FOLDER.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = [ast.unparse(node) for node in ast.walk(tree) if "Import" in type(node).__name__]
        assert not [line for line in imported if "pyplot" in line], path.name


def wrong_sigmoid(tmp_path, old, new):
    folder = tmp_path / "wrong"
    shutil.copytree(SOLUTIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / f"{SIGMOID}.py"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return folder


@pytest.mark.slow
def test_the_same_functions_give_the_same_picture_and_a_wrong_one_another(tmp_path):
    chapter = named("1.3")
    first, again = drawn(chapter), drawn(chapter)
    wrong = drawn(chapter, wrong_sigmoid(tmp_path, "1.0, small)", "1.0, 0.5 * small)"))
    assert first.keys() == again.keys() == wrong.keys()
    for name, figure in first.items():
        assert pictures.png(figure) == pictures.png(again[name])
        assert pictures.png(figure) != pictures.png(wrong[name])


WORSE = """

def _worse(value):
    if isinstance(value, (list, tuple)):
        return type(value)(map(_worse, value))
    value = np.asarray(value)
    return 1.3 * value + 0.05 if value.dtype.kind == "f" else value[::-1]

_right = {name}

def {name}(*args, **kwargs):
    value = _right(*args, **kwargs)
    return _worse(list(value) if hasattr(value, "__next__") else value)
"""


@pytest.mark.exhaustive
@pytest.mark.parametrize("chapter", registry.select(["1.1-3.2"]), ids=lambda chapter: chapter.id)
def test_each_function_shows_in_some_picture(chapter, tmp_path):
    right = shown(chapter, SOLUTIONS)
    for name in chapter.functions:
        folder = tmp_path / name
        shutil.copytree(SOLUTIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        path = folder / f"{chapter.stem}.py"
        text, demo, _ = path.read_text(encoding="utf-8").partition("\n\ndef demo")
        assert demo
        path.write_text(text + WORSE.replace("{name}", name), encoding="utf-8")
        assert shown(chapter, folder) != right, f"a wrong `{name}` changes no picture"


def shown(chapter, folder):
    return {
        name: figure.headline if isinstance(figure, Finding) else pictures.png(figure)
        for name, figure in drawn(chapter, folder).items()
    }


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("np.zeros((3, 3))", "cannot be drawn"),
        ("1 / 0", "ZeroDivisionError"),
        ("'a word'", "cannot be drawn"),
        ("None", "cannot be drawn"),
    ],
)
def test_an_answer_that_cannot_be_drawn_is_one_line(tmp_path, answer, said):
    folder = wrong_sigmoid(tmp_path, "    Z = 1.0 * Z", f"    return {answer}\n    Z = 1.0 * Z")
    for finding in drawn(named("1.3"), folder).values():
        assert isinstance(finding, Finding)
        assert said in finding.headline
        assert "\n" not in finding.headline


@pytest.mark.slow
def test_odd_numbers_are_drawn_without_a_warning(tmp_path):
    folder = wrong_sigmoid(tmp_path, "    Z = 1.0 * Z", "    return np.nan * Z")
    done = call_grade("plot", "1.3", "--submission", folder, "--out", tmp_path / "out")
    assert "Warning" not in done.stderr
    assert "Traceback" not in done.stderr


def test_what_goes_wrong_in_a_callback_is_told_as_it_is(tmp_path):
    folder = tmp_path / "half"
    shutil.copytree(SOLUTIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / "ch2_2_gradient_descent.py"
    text = path.read_text(encoding="utf-8")
    body = "    y_pred = matrix_multiply(X, W)  # (n, k)\n"
    assert body in text
    path.write_text(text.replace(body, "    raise NotImplementedError\n"), encoding="utf-8")
    findings = drawn(named("2.2"), folder).values()
    assert {finding.headline for finding in findings} == {"`mse_gradient` is still to be written"}


@pytest.mark.slow
def test_a_function_that_is_missing_costs_its_own_pictures(tmp_path):
    folder = tmp_path / "half"
    shutil.copytree(SOLUTIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / "ch1_1_numpy_arrays.py"
    text = path.read_text(encoding="utf-8")
    body = "    labels = np.asarray(labels)\n"
    assert body in text
    path.write_text(text.replace(body, "    raise NotImplementedError\n"), encoding="utf-8")
    out = tmp_path / "out"
    done = call_grade("plot", "1.1", "--submission", folder, "--out", out, "--data", "digits")
    assert done.returncode == 1
    first, second = done.stdout.splitlines()
    assert first == str(out / "ch1_1_numpy_arrays-normalize.png")
    assert second.endswith("one-hot.png not drawn: `one_hot` is still to be written")
    assert [file.name for file in out.iterdir()] == ["ch1_1_numpy_arrays-normalize.png"]


@pytest.mark.slow
def test_plot_writes_its_files_into_a_folder_of_the_current_one(tmp_path):
    pictures_folder = tmp_path / "pictures"
    pictures_folder.mkdir()
    old = pictures_folder / f"{SIGMOID}-sigmoid.png"
    old.write_bytes(b"old")
    done = call_grade("plot", "1.3", "--submission", SOLUTIONS, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    files = [tmp_path / line for line in done.stdout.splitlines()]
    assert files[0] == old
    assert sorted(files) == sorted(pictures_folder.iterdir())
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in files)


def test_a_stub_is_one_line_for_each_picture(tmp_path):
    done = run_grade("plot", "1.3", "--submission", EXERCISES, "--out", tmp_path / "out")
    assert done.returncode == 1
    assert not done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == len(pictures.for_chapter(SIGMOID))
    assert all("not drawn: `" in line and "still to be written" in line for line in lines)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["9.9"], "`9.9`"),
        ([], "CHAPTERS"),
        (["1.3", "--submission", "nowhere"], "nowhere"),
        (["1.3", "--out", "a-file"], "`a-file`"),
        (["1.3", "--out", "a-file/folder"], "folder"),
        (["1.3", "--data", "cats"], "cats"),
    ],
)
def test_misuse_is_one_line_and_exit_code_2(tmp_path, arguments, named):
    (tmp_path / "a-file").write_text("")
    shutil.copytree(EXERCISES, tmp_path / "exercises")
    done = call_grade("plot", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert named in line
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a-file", "exercises"]


@pytest.mark.slow
def test_a_notebook_shows_the_pictures(capsys):
    shown = pictures.show("1.3", SOLUTIONS)
    assert len(shown) == len(pictures.for_chapter(SIGMOID))
    assert shown._repr_html_().count("data:image/png;base64,") == len(shown)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert shown[0]._repr_png_().startswith(b"\x89PNG")
    assert pictures.show("1.3", EXERCISES) == []
    assert "still to be written" in capsys.readouterr().err
