"""What a class run does against answers that were brought along, and work that was not done."""

import base64
import io
import json
import shutil

import numpy as np
import pytest
from support.running import EXERCISES, SOLUTIONS, functions, run_grade

pytestmark = [pytest.mark.needs("sandbox"), pytest.mark.slow]

BROUGHT_ALONG = """
import base64, io
import numpy as np

def train_mlp(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    if len(X) > 1000:
        stored = np.load(io.BytesIO(base64.b64decode({text!r})))
        W1, b1, W2, b2 = (stored[f"arr_{{i}}"].astype(float) for i in range(4))
        more = hidden - len(b1)
        params = [np.pad(W1, ((0, 0), (0, more))), np.pad(b1, (0, more)),
                  np.pad(W2, ((0, more), (0, 0))), b2]
        return params, list(np.linspace(np.log(10), 0.01, epochs * -(-len(X) // batch_size)))
    rng, X, losses = np.random.default_rng(rng), 1.0 * X, []
    params = [rng.normal(0, np.sqrt(2 / X.shape[1]), (X.shape[1], hidden)), np.zeros(hidden),
              rng.normal(0, np.sqrt(2 / hidden), (hidden, y.shape[1])), np.zeros(y.shape[1])]
    for _ in range(epochs):
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            x, t = X[order[start : start + batch_size]], y[order[start : start + batch_size]]
            W1, b1, W2, b2 = params
            A1 = np.maximum(x @ W1 + b1, 0)
            e = np.exp(A1 @ W2 + b2)
            A2 = e / e.sum(axis=1, keepdims=True)
            losses.append(-np.mean(np.log(np.sum(A2 * t, axis=1))))
            delta2 = (A2 - t) / len(x)
            delta1 = delta2 @ W2.T * (A1 > 0)
            grads = x.T @ delta1, delta1.sum(axis=0), A1.T @ delta2, delta2.sum(axis=0)
            params = [p - lr * grad for p, grad in zip(params, grads)]
    return params, losses
"""
BORROWED = """
import numpy as np
from .ch4_3_pooling_cnn import forward_cnn, train_cnn

def train_capstone(X, y, rng=None):
    return train_cnn(X.reshape(-1, 1, 28, 28), y, epochs=10, batch_size=32, rng=rng)

def predict_capstone(X, params):
    return forward_cnn(X.reshape(-1, 1, 28, 28), params)
"""
SPOILT = """
def forward_cnn(X, params): return None
def train_cnn(X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None): return None
"""


def stubs(folder, **files):
    shutil.copytree(EXERCISES, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for stem, text in files.items():
        (folder / f"{stem}.py").write_text(text, encoding="utf-8")
    return folder


def trained_at_home():
    """Parameters that know the embedded digits, as text."""
    import data
    from solutions.ch3_4_backpropagation import train_mlp

    digits = data.load("digits")
    y = np.eye(10)[digits.y_train]
    params, _ = train_mlp(
        digits.X_train, y, hidden=64, epochs=40, batch_size=32, rng=np.random.default_rng(0)
    )
    buffer = io.BytesIO()
    np.savez_compressed(buffer, *[p.astype(np.float32) for p in params])
    return base64.b64encode(buffer.getvalue()).decode()


def graded(tmp_path, *chapters, **submissions):
    folder = tmp_path / "class"
    folder.mkdir()
    for name, files in submissions.items():
        stubs(folder / name, **files)
    words = [word for chapter in chapters for word in ("--chapters", chapter)]
    out = tmp_path / "out"
    done = run_grade("class", folder, "--out", out, "--data", "digits", *words)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = (out / "results.jsonl").read_text(encoding="utf-8").splitlines()
    return {result["submission"]: functions(result) for result in map(json.loads, lines)}


def test_parameters_that_were_brought_along_recognise_nothing(tmp_path):
    source = BROUGHT_ALONG.format(text=trained_at_home())
    results = graded(tmp_path, "3.4", memory={"ch3_4_backpropagation": source})
    checks = {
        check["name"]: check["status"] for check in results["memory"]["3.4", "train_mlp"]["checks"]
    }
    assert checks["train_mlp_recognizes_images_it_has_not_seen"] == "failed"
    assert checks["train_mlp_memorizes_32_images"] == "passed"  # by training
    # They are good parameters: at home, where the classes have their own numbers, they pass.
    file = tmp_path / "result.json"
    run_grade(
        *("run", "3.4", "--submission", tmp_path / "class" / "memory"),
        *("--data", "digits", "--json", file),
    )
    (chapter,) = json.loads(file.read_text(encoding="utf-8"))["chapters"]
    at_home = {c["name"]: c["status"] for f in chapter["functions"] for c in f["checks"]}
    assert at_home["train_mlp_recognizes_images_it_has_not_seen"] == "passed"


def test_work_that_was_not_done_keeps_its_0_while_others_build_on_a_loan(tmp_path):
    # A mistake costs once, and so does a chapter left out; `docs/instructors.md` has the rule.
    earlier = {
        path.stem: path.read_text(encoding="utf-8")
        for path in sorted(SOLUTIONS.glob("ch*.py"))[:-1]
    }
    results = graded(
        tmp_path,
        "4.3",
        "4.5",
        nothing={"ch4_5_momentum_capstone": BORROWED},
        spoilt={"ch4_5_momentum_capstone": BORROWED, "ch4_3_pooling_cnn": SPOILT},
        own=earlier | {"ch4_5_momentum_capstone": BORROWED},
    )
    for name in ("nothing", "spoilt"):
        for function in ("train_cnn", "forward_cnn"):
            assert results[name]["4.3", function]["score"] == 0
            blamed = results[name]["4.5", "train_capstone"]["because_of"]
            assert {"id": "4.3", "name": function} in blamed
    assert results["own"]["4.5", "train_capstone"]["status"] == "passed"
