"""A pull brings new stubs and loses nothing that a learner wrote, committed or not."""

import ast
import os
import shutil
import subprocess

import pytest
from support.running import EXERCISES, ROOT, call_grade

PULL = ["pull", "--no-rebase", "--no-edit", "--autostash"]  # as the README has it
FIRST, OTHER, NEW = (
    "ch1_1_numpy_arrays.py",
    "ch3_2_activation_functions.py",
    "ch9_9_something_new.py",
)
BODIES = {
    FIRST: {"normalize": "return (X - X.mean()) / X.std()", "one_hot": "return mine"},
    OTHER: {
        "relu": "return np.maximum(Z, 0.0)",
        "softmax": "E = np.exp(Z)\n    return E / E.sum()",
    },
}
SENTENCE = "Turn integer labels into rows with a single 1."
EXAMPLE = "    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]\n"
STUB = '    raise NotImplementedError("write `one_hot`")\n'
CHANGES = {  # of the same function that the learner has written
    "its first line": (SENTENCE, "Turn integer labels into rows that hold one 1."),
    "its last line": (EXAMPLE, "    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]  # two rows\n"),
    "both": (f"{SENTENCE}\n", f"{SENTENCE}\n\n    And more.\n"),
}
CONFLICT = {"the stub": (STUB, '    raise NotImplementedError("write it")\n')}
KNOWN = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Someone"), ("EMAIL", "someone@example.org"))
}
# Nothing of the machine's own settings; whoever commits nothing needs no name either.
PLAIN = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "user.useConfigOnly",
    "GIT_CONFIG_VALUE_0": "true",
}

pytestmark = pytest.mark.needs("git")


def git(folder, *arguments, check=True, known=True):
    env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=env | PLAIN | (KNOWN if known else {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def commit(folder):
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "a step")


@pytest.fixture
def upstream(tmp_path):
    folder = tmp_path / "upstream"
    shutil.copytree(EXERCISES, folder / "exercises", ignore=shutil.ignore_patterns("__pycache__"))
    for name in (".gitignore", ".gitattributes"):
        shutil.copy(ROOT / name, folder)
    (folder / "grader.py").write_text("one = 1\n")
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder)
    return folder


@pytest.fixture
def learner(upstream):
    """A clone with some bodies filled in, not committed."""
    folder = upstream.with_name("learner")
    git(upstream.parent, "clone", "--quiet", str(upstream), str(folder))
    for name, bodies in BODIES.items():
        for function, body in bodies.items():
            stub = f'raise NotImplementedError("write `{function}`")'
            replace(folder / "exercises" / name, stub, body)
    return folder


def replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")


def go_on(upstream, change):
    """Upstream changes a stub, its own code and a file that the learner has, and adds a chapter."""
    replace(upstream / "exercises" / FIRST, *change)
    replace(upstream / "exercises" / OTHER, "import numpy as np\n", "import numpy as np  # new\n")
    (upstream / "grader.py").write_text("one = 2\n")
    (upstream / "exercises" / NEW).write_text("new = 1\n")
    commit(upstream)


def texts(folder):
    return {
        name: (folder / "exercises" / name).read_text(encoding="utf-8") for name in (FIRST, OTHER)
    }


@pytest.mark.parametrize("committed", [False, True])
@pytest.mark.parametrize("change", CHANGES)
def test_new_stubs_come_in_and_every_body_stays(upstream, learner, change, committed):
    mine = texts(learner)
    if committed:
        commit(learner)
    old, new = CHANGES[change]
    go_on(upstream, (old, new))
    git(learner, *PULL, known=committed)
    assert texts(learner) == {
        FIRST: mine[FIRST].replace(old, new),
        OTHER: mine[OTHER].replace("import numpy as np\n", "import numpy as np  # new\n"),
    }
    assert (learner / "exercises" / NEW).exists()
    assert (learner / "grader.py").read_text() == "one = 2\n"
    changed = git(learner, "status", "--porcelain").stdout.split()
    assert changed == ([] if committed else ["M", f"exercises/{FIRST}", "M", f"exercises/{OTHER}"])
    assert git(learner, "stash", "list").stdout == ""


def test_the_ends_of_lines_that_an_editor_changed_are_no_conflict(upstream, learner):
    path = learner / "exercises" / FIRST
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    go_on(upstream, CHANGES["its first line"])
    git(learner, *PULL, known=False)
    text = texts(learner)[FIRST]
    assert "<<<<<<<" not in text
    assert "hold one 1." in text
    assert "return mine" in text


def test_part_committed_and_part_not(upstream, learner):
    commit(learner)
    stub = 'raise NotImplementedError("write `tanh`")'
    replace(learner / "exercises" / OTHER, stub, "return np.tanh(Z)")
    go_on(upstream, CHANGES["both"])
    git(learner, *PULL)
    assert "return np.tanh(Z)" in texts(learner)[OTHER]
    assert "And more." in texts(learner)[FIRST]


def test_a_conflict_loses_nothing_and_is_told(upstream, learner):
    mine = texts(learner)
    go_on(upstream, CONFLICT["the stub"])
    done = git(learner, *PULL, known=False, check=False)
    assert "safe in the stash" in done.stdout + done.stderr
    both = texts(learner)
    assert both[OTHER] == mine[OTHER].replace("import numpy as np\n", "import numpy as np  # new\n")
    assert "return mine" in both[FIRST]
    assert 'NotImplementedError("write it")' in both[FIRST]
    assert git(learner, "show", f"stash@{{0}}:exercises/{FIRST}").stdout == mine[FIRST]
    told_about_conflict(learner)
    # Settled as the README says, the next pull works.
    (learner / "exercises" / FIRST).write_text(mine[FIRST], encoding="utf-8", newline="\n")
    git(learner, "add", "exercises")
    (upstream / "grader.py").write_text("one = 3\n")
    commit(upstream)
    git(learner, *PULL, known=False)
    assert (learner / "grader.py").read_text() == "one = 3\n"
    assert texts(learner)[FIRST] == mine[FIRST]


def test_a_conflict_with_what_was_committed_loses_nothing_and_can_be_taken_back(upstream, learner):
    commit(learner)
    mine = texts(learner)
    (learner / "exercises" / OTHER).write_text("uncommitted = 1\n")
    go_on(upstream, CONFLICT["the stub"])
    assert git(learner, *PULL, check=False).returncode == 1
    assert "return mine" in texts(learner)[FIRST]
    told_about_conflict(learner)
    git(learner, "merge", "--abort")
    assert texts(learner) == {FIRST: mine[FIRST], OTHER: "uncommitted = 1\n"}


def test_a_conflict_with_what_was_committed_is_settled_as_the_readme_says(upstream, learner):
    commit(learner)
    mine = texts(learner)
    (learner / "exercises" / OTHER).write_text("uncommitted = 1\n")
    go_on(upstream, CONFLICT["the stub"])
    assert git(learner, *PULL, check=False).returncode == 1
    (learner / "exercises" / FIRST).write_text(mine[FIRST], encoding="utf-8", newline="\n")
    git(learner, "add", "exercises")
    git(learner, "commit", "--no-edit")
    assert texts(learner)[FIRST] == mine[FIRST]
    assert (learner / "grader.py").read_text() == "one = 2\n"
    # The uncommitted change collides with the import line of upstream's; it is in the stash.
    everything = texts(learner)[OTHER] + git(learner, "stash", "list", "--patch").stdout
    assert "uncommitted = 1" in everything


def told_about_conflict(learner):
    for command in ("run", "diff"):
        done = call_grade(command, "1.1", "--submission", learner / "exercises")
        assert done.returncode in (1, 2)
        said = done.stdout + done.stderr
        assert FIRST in said
        assert "Traceback" not in said
        # Which marker Python trips over depends on what is in it: a commit's number, say.
        words = ["<<<<<<<", "=======", ">>>>>>>", "git's conflict markers"]
        assert any(word in said for word in (words if command == "run" else words[-1:]))


@pytest.mark.parametrize("committed", [False, True])
def test_a_file_of_the_learners_where_a_new_chapter_comes_stays(upstream, learner, committed):
    mine = texts(learner)
    if committed:
        commit(learner)
    (learner / "exercises" / NEW).write_text("my own = 1\n")
    go_on(upstream, CHANGES["both"])
    assert git(learner, *PULL, check=False).returncode != 0
    assert (learner / "exercises" / NEW).read_text() == "my own = 1\n"
    assert texts(learner) == mine
    (learner / "exercises" / NEW).rename(learner / "mine.py")
    git(learner, *PULL)
    assert "And more." in texts(learner)[FIRST]


def test_without_the_options_git_refuses_and_changes_nothing(upstream, learner):
    mine = texts(learner)
    go_on(upstream, CHANGES["both"])
    assert git(learner, "pull", check=False).returncode != 0
    assert texts(learner) == mine


def test_what_the_kit_keeps_for_the_learner_is_not_gits(upstream, learner):
    commit(learner)
    call_grade("run", "1.1", "--submission", learner / "exercises")
    assert (learner / ".learn-dl-progress.json").exists()
    assert call_grade("reset", "1.1", "--submission", learner / "exercises").returncode == 0
    (backup,) = (learner / "exercises").glob("*.backup")
    assert (
        backup.read_text(encoding="utf-8") == git(learner, "show", f"HEAD:exercises/{FIRST}").stdout
    )
    assert git(learner, "status", "--porcelain").stdout.split() == ["M", f"exercises/{FIRST}"]


@pytest.mark.parametrize("path", sorted(EXERCISES.glob("ch*.py")), ids=lambda path: path.stem)
def test_a_line_lies_between_what_upstream_changes_and_what_the_learner_does(path):
    """Git takes neighbouring lines for a conflict: a docstring ends in a line of quotes alone."""
    text = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and "NotImplementedError" in ast.unparse(node.body):
            assert text.splitlines()[node.body[0].end_lineno - 1].strip() == '"""', node.name
