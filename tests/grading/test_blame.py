"""Whose fault it is: a function that fails because one of an earlier chapter does."""

import shutil
import textwrap

import pytest
from support.running import (
    EXERCISES,
    SOLUTIONS,
    call_grade,
    functions,
    grade_json,
    kit_folder,
    run_grade,
)

from grader.console import function as printed
from grader.course import registry, results
from grader.submission.uses import Uses

WRONG_SOFTMAX = """

def softmax(Z):
    e = np.exp(Z - Z.max(axis=-1, keepdims=True))
    return e / e.sum()
"""
WRONG_MLP_LOSS = """

def mlp_loss(X, y, params):
    W1, b1, W2, b2 = params
    A1, A2 = forward_mlp(X, W1, b1, W2, b2)
    return cross_entropy(A2, y), [-grad for grad in backward_mlp(X, A1, A2, y, W1, W2)]
"""
SOFTMAX = [{"id": "3.2", "name": "softmax"}]


@pytest.fixture
def solved(tmp_path):
    """Makes a submission: the solutions, with more text at the end of some chapters."""

    def make(**more):
        folder = tmp_path / "submission"
        shutil.copytree(SOLUTIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        for stem, text in more.items():
            (path,) = folder.glob(f"{stem}_*.py")
            path.write_text(path.read_text() + textwrap.dedent(text))
        return folder

    return make


def test_the_earlier_function_is_named_and_the_chapters_own_points_are_given(solved, tmp_path):
    folder = solved(ch3_2=WRONG_SOFTMAX)
    code, result = grade_json("3.2-3.3", "--submission", folder, tmp_path=tmp_path)
    found = functions(result)
    forward = found["3.3", "forward_mlp"]
    assert code == 1
    assert (forward["status"], forward["because_of"]) == ("failed", SOFTMAX)
    assert forward["score"] == forward["score_with_reference"] == forward["max_score"]
    assert found["3.2", "softmax"]["because_of"] == []
    assert found["3.2", "softmax"]["score"] < found["3.2", "softmax"]["max_score"]
    assert found["3.3", "he_init"]["score_with_reference"] is None
    three = {chapter["id"]: chapter["score"] for chapter in result["chapters"]}
    assert three["3.3"] == 10
    assert result["score"] == three["3.2"] + 10


def test_of_several_wrong_functions_only_those_that_are_used_are_named(solved, tmp_path):
    wrong_tanh = """

    def tanh(Z):
        return Z
    """
    folder = solved(ch3_2=WRONG_SOFTMAX + textwrap.dedent(wrong_tanh))
    _, result = grade_json("3.2-3.3", "--submission", folder, tmp_path=tmp_path)
    found = functions(result)
    assert found["3.2", "tanh"]["status"] == "failed"
    assert found["3.3", "forward_mlp"]["because_of"] == SOFTMAX


def test_a_function_that_only_a_later_check_needs_is_named_too(solved, tmp_path):
    wrong_linear = """

    def linear(X, W, b):
        return X @ W
    """
    wrong_sigmoid = """

    def sigmoid(Z):
        return 1 / (1 + np.exp(Z))
    """
    folder = solved(ch1_2=wrong_linear, ch1_3=wrong_sigmoid)
    _, result = grade_json("4.1", "--submission", folder, tmp_path=tmp_path)
    because = functions(result)["4.1", "forward_deep_mlp"]["because_of"]
    assert because == [{"id": "1.2", "name": "linear"}, {"id": "1.3", "name": "sigmoid"}]


def test_it_is_said_first_and_what_comes_next_is_the_repair(solved):
    done = call_grade("run", "3.3", "--submission", solved(ch3_2=WRONG_SOFTMAX))
    lines = [line.strip() for line in done.stdout.splitlines()]
    at = lines.index("given forward_mlp              4 of 4")
    assert lines[at + 1] == "`forward_mlp` fails because `softmax` (3.2) does: fix that first"
    earned = "with the reference's version in place it earns 4 of 4 points, which you get"
    assert " ".join(lines[at + 2 : at + 4]) == earned
    last = " ".join(lines).rpartition("Next: ")[2]
    assert last.startswith("`softmax` in")
    assert last.endswith("then `grade run 3.2`; `grade lesson 3.2` explains it")


@pytest.mark.slow
def test_a_fault_of_its_own_stays_its_own(solved, tmp_path):
    folder = solved(ch3_2=WRONG_SOFTMAX, ch3_4=WRONG_MLP_LOSS)
    _, result = grade_json("3.4", "--submission", folder, tmp_path=tmp_path)
    loss = functions(result)["3.4", "mlp_loss"]
    assert loss["score_with_reference"] < loss["max_score"]
    assert loss["score"] < loss["max_score"]
    assert functions(result)["3.4", "backward_mlp"]["status"] == "passed"


@pytest.mark.slow
def test_a_function_of_the_same_chapter_is_named_and_lent(solved, tmp_path):
    _, result = grade_json("3.4", "--submission", solved(ch3_4=WRONG_MLP_LOSS), tmp_path=tmp_path)
    train = functions(result)["3.4", "train_mlp"]
    assert train["because_of"] == [{"id": "3.4", "name": "mlp_loss"}]
    assert train["score"] == train["score_with_reference"] == train["max_score"]


def test_without_the_reference_it_is_named_all_the_same(solved, tmp_path):
    kit = tmp_path / "kit"
    for name in ("grader", "data", "exercises"):
        shutil.copytree(kit_folder(name), kit / name, ignore=shutil.ignore_patterns("__pycache__"))
    folder = solved(ch3_2=WRONG_SOFTMAX)
    code, result = grade_json(
        "3.3", "--submission", folder, tmp_path=tmp_path, by=run_grade, cwd=kit
    )
    forward = functions(result)["3.3", "forward_mlp"]
    assert (code, forward["because_of"]) == (1, SOFTMAX)
    assert forward["score_with_reference"] is None
    assert forward["score"] < forward["max_score"]


def test_of_many_the_first_three_are_named(capsys):
    names = registry.by_stem("ch4_3_pooling_cnn").functions
    verdict = results.Verdict("train_steps", "todo", lines=["`train` uses a stub"], points=1.0)
    function = results.FunctionResult.from_verdicts("train", [verdict])
    function.because_of = [results.Blamed("4.3", name) for name in names]
    printed.echo_function(function)
    told = " ".join(capsys.readouterr().out.split()[1:])
    assert told.endswith(
        "`train` needs `max_pool` (4.3), `avg_pool` (4.3), `max_pool_backward` (4.3) and 4 more: "
        "write those first"
    )


@pytest.mark.parametrize(
    ("earned", "slow", "told"),
    [
        (2.0, False, "`train` fails because `relu` (3.2) does: fix that first"),
        (1.0, False, "`train` uses `relu` (3.2), which fails too"),
        (2.0, True, "`train` takes too long because `relu` (3.2) does: make that faster first"),
    ],
)
def test_how_the_other_function_is_to_blame_is_told(capsys, earned, slow, told):
    verdicts = [results.Verdict(f"check {i}", "failed", lines=["no"], points=1.0) for i in "12"]
    function = results.FunctionResult.from_verdicts("train", verdicts)
    function.because_of = [results.Blamed("3.2", "relu", slow)]
    function.score_with_reference = earned
    printed.echo_function(function)
    assert told in " ".join(capsys.readouterr().out.split())


def test_a_stub_is_blamed_for_nothing_and_on_nobody(tmp_path):
    _, result = grade_json("3", "--submission", EXERCISES, tmp_path=tmp_path)
    assert all(function["because_of"] == [] for function in functions(result).values())


def test_a_prerequisite_still_to_be_written_is_named(solved, tmp_path):
    stub = "\n\ndef softmax(Z):\n    raise NotImplementedError\n"
    _, result = grade_json("3.3", "--submission", solved(ch3_2=stub), tmp_path=tmp_path)
    forward = functions(result)["3.3", "forward_mlp"]
    assert (forward["status"], forward["because_of"]) == ("todo", SOFTMAX)
    assert forward["score"] == 4


FORMS = {
    "plain": "from .ch3_2_activation_functions import softmax\n{body}",
    "another name": "from .ch3_2_activation_functions import softmax as squash\n{other}",
    "in brackets": "from .ch3_2_activation_functions import (\n    relu,\n    softmax,\n)\n{body}",
    "by the package": "from exercises.ch3_2_activation_functions import softmax\n{body}",
    "everything": "from .ch3_2_activation_functions import *\n{body}",
    "from the network": "from .neural_network import softmax\n{body}",
    "inside the function": "def forward_mlp(X):\n"
    "    from .ch3_2_activation_functions import softmax\n    return softmax(X)\n",
    "through a helper": "from .ch3_2_activation_functions import softmax\n"
    "def forward_mlp(X):\n    return top(X)\n\ndef top(X):\n    return softmax(X)\n",
    "through a table": "from .ch3_2_activation_functions import softmax\nOUT = [softmax]\n\n"
    "def forward_mlp(X):\n    return OUT[0](X)\n",
    "a long signature": "from .ch3_2_activation_functions import softmax\n"
    "def forward_mlp(\n    X,\n    W=None,\n):\n    return softmax(X)\n",
}
BODY = "def forward_mlp(X):\n    return softmax(X)\n"


def test_a_name_that_is_only_spoken_of_is_not_used(submission):
    text = (
        'from .ch3_2_activation_functions import softmax\n\n__all__ = ["forward_mlp", "softmax"]\n'
        'def forward_mlp(X):\n    """Not by `softmax`,\nnor he_init."""\n    return X  # softmax\n'
        "def he_init(X):\n    return 'forward_mlp'\n"
        "def demo():\n    forward_mlp(softmax(1))\n"
        'if __name__ == "__main__":\n    demo()\n'
    )
    uses = Uses(submission({"ch3_3_forward_mlp": text}))
    assert uses.closure("ch3_3_forward_mlp", "forward_mlp") == set()
    assert uses.closure("ch3_3_forward_mlp", "he_init") == set()


@pytest.mark.parametrize("form", FORMS)
def test_what_a_function_uses_is_read_off_its_text(submission, form):
    text = FORMS[form].format(body=BODY, other=BODY.replace("softmax", "squash"))
    uses = Uses(submission({"ch3_3_forward_mlp": text}))
    needed = uses.closure("ch3_3_forward_mlp", "forward_mlp")
    assert ("ch3_2_activation_functions", "softmax") in needed
    assert ("ch3_3_forward_mlp", "forward_mlp") not in needed


HOSTILE = {
    "open strings": "'''\n" + '"""\n' * 60_000 + "'" * 1000,
    "newlines": "\n" * 250_000,
    "open brackets": "from .ch1_1_numpy_arrays import (\n" * 8_000,
    "no colons": "def a\n" * 40_000,
    "many functions": "".join(f"def f{i}(x): return f{i + 1}(x)\n" for i in range(6_000)),
    "one long name": "def " + "a" * 250_000,
}


@pytest.mark.timeout(20)  # for all of them it takes a tenth of a second
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_text_made_to_take_long_takes_no_time(submission, kind):
    uses = Uses(submission({"ch3_3_forward_mlp": HOSTILE[kind]}))
    assert uses.closure("ch3_3_forward_mlp", "f0") == set()


@pytest.mark.parametrize(
    "text", [b"\xff\xfe\x00", b"(" * 100_000, b"def forward_mlp(", b"from .ch3_2 import (", b""]
)
def test_a_text_that_is_no_python_harms_nobody(submission, text):
    uses = Uses(submission({"ch3_3_forward_mlp": text}))
    assert uses.closure("ch3_3_forward_mlp", "forward_mlp") == set()


def test_nobody_is_blamed_where_the_file_cannot_be_imported(solved, tmp_path):
    folder = solved(ch3_2="\nrelu(not_defined)\n")
    _, result = grade_json("3.2", "--submission", folder, tmp_path=tmp_path)
    assert {status["status"] for status in functions(result).values()} == {"error"}
    assert [function["because_of"] for function in functions(result).values()] == [[]] * 6
