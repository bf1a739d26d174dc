"""`python -m bench.speed`: the contenders compute the same, and the figures are judged rightly.

No test here asks how fast this machine is.
"""

import contextlib
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bench.speed import __main__ as command
from bench.speed import (
    busy,
    contenders,
    document,
    epochs,
    layers,
    machine,
    models,
    report,
    slow,
    targets,
    workers,
)

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = os.environ | {"LEARN_DL_DATA": ""}  # the digits: they load at once
TORCH, JAX = (importlib.util.find_spec(package) is not None for package in ("torch", "jax"))


def made(name, count=20):
    """A contender's arguments: a model and some images of noise."""
    model, rng = models.MODELS[name], np.random.default_rng(0)
    X = rng.random((count, *model.image), np.float32)
    images = models.Images(X, np.arange(count) % model.classes, X, np.arange(count) % model.classes)
    return model, images, models.start_params(model, 0), 1


def flat(params):
    return np.concatenate([np.ravel(slow.flat_list(np.asarray(p).tolist())) for p in params])


@pytest.mark.parametrize("name", models.MODELS)
def test_every_contender_takes_the_same_step(name):
    arguments = made(name)  # one batch: the order of the images makes no difference
    ours = contenders.Solutions(*arguments)
    ours.epoch()
    others = [slow.PlainLoops(*arguments)]
    if "scipy" in workers.candidates(models.MODELS[name]):
        others.append(slow.ImageByImage(*arguments))
    for other in others:
        other.epoch()
        np.testing.assert_allclose(flat(other.params), flat(ours.params), rtol=0, atol=2e-5)


@pytest.mark.parametrize("name", ["logistic", "mlp", "deep", "adam"])
def test_scikit_learn_takes_the_same_step(name):
    arguments = made(name, 64)
    ours, other = contenders.Solutions(*arguments), contenders.ScikitLearn(*arguments)
    ours.epoch()
    other.epoch()
    mine = flat(ours.params[::2] + ours.params[1::2])
    atol = 2 * models.MODELS[name].lr if name == "adam" else 2e-5  # where a gradient is near 0
    np.testing.assert_allclose(flat(other.net.coefs_ + other.net.intercepts_), mine, 0, atol)


def run(tmp_path, *options, timeout=300):
    command = [sys.executable, "-m", "bench.speed", "--out", str(tmp_path), *options]
    done = subprocess.run(
        command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, timeout=timeout
    )
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    return json.loads((tmp_path / "speed.json").read_text(encoding="utf-8")), done


ONCE = ("--rounds", "1", "--threads", "1")


def well_formed(results, done, models, folder):
    assert results["machine"]["threads"] == [1]
    assert set(results["models"]) == set(models)
    for name, model in results["models"].items():
        images = results["images"]
        assert model["images"] == images or (name == "logistic" and 0 < model["images"] < images)
        assert ("torch" in model["contenders"]) == TORCH
        assert ("jax" in model["contenders"]) == JAX
        for contender in model["contenders"].values():
            assert contender["title"] in done.stdout
            assert contender["threads"] == 1
            assert contender["failed"] is None
            assert len(contender["samples"]) == 1
            assert contender["samples"][0] > 0
    assert ("PyTorch is not installed" in done.stderr) != TORCH
    assert ("JAX is not installed" in done.stderr) != JAX
    assert (folder / "speed.png").read_bytes().startswith(b"\x89PNG")
    assert done.returncode == (0 if all(t["passed"] for t in results["targets"]) else 1)


@pytest.mark.slow
def test_the_command_writes_a_table_a_picture_and_every_sample(tmp_path):
    options = ["--models", "mlp", "--leave-out", "loops", "torch-compiled"]
    options += ["--parts", "epochs", "growth", "--images", "130"]
    results, done = run(tmp_path, *ONCE, *options)
    well_formed(results, done, ["mlp"], tmp_path)
    assert all(samples[0] > 0 for samples in results["growth"]["seconds_per_image"].values())


@pytest.mark.exhaustive
def test_every_model_is_trained_by_every_contender(tmp_path):
    options = ["--parts", "epochs", "--images", "20"]  # of which plain loops take seconds
    options += ["--leave-out", "torch-compiled"]  # which takes minutes
    results, done = run(tmp_path, *ONCE, *options, timeout=550)
    well_formed(results, done, models.MODELS, tmp_path)


@pytest.mark.parametrize("kind", [slow.PlainLoops, slow.ImageByImage])
def test_who_is_slow_trains_on_one_batch_of_the_images(kind):
    assert kind(*made("cnn", 130)).share == 64
    assert kind(*made("cnn", 20)).share == 20


def test_without_pytorch_and_jax_the_others_remain(monkeypatch):
    monkeypatch.setattr(workers, "is_there", lambda package: False)
    assert workers.candidates(models.MODELS["mlp"]) == [
        "solutions",
        "two-cores",
        "sklearn",
        "loops",
    ]
    assert workers.candidates(models.MODELS["cnn"]) == ["solutions", "scipy", "loops"]
    assert workers.candidates(models.MODELS["deep"]) == ["solutions", "sklearn", "loops"]


@pytest.mark.parametrize("name", ["mlp", "adam"])
def test_two_cores_take_the_same_steps(name):
    arguments = made(name, 150)  # two full batches and the rest
    ours = contenders.Solutions(*arguments)
    with contextlib.closing(contenders.TwoCores(*arguments)) as theirs:
        for _ in range(2):
            np.testing.assert_allclose(theirs.epoch(), ours.epoch(), rtol=0, atol=1e-5)
        atol = 2 * models.MODELS[name].lr if name == "adam" else 2e-5  # where a gradient is near 0
        np.testing.assert_allclose(flat(theirs.params), flat(ours.params), rtol=0, atol=atol)
        assert theirs.accuracy() == ours.accuracy()


@pytest.mark.needs("torch")
@pytest.mark.parametrize("name", models.MODELS)
def test_pytorch_takes_the_same_step(name):
    from bench.speed import pytorch

    arguments = made(name)
    ours, theirs = contenders.Solutions(*arguments), pytorch.PyTorch(*arguments)
    ours.epoch()
    theirs.epoch()
    net = [param.detach().numpy() for param in theirs.net.parameters()]
    net = [param.T if param.ndim == 2 else param for param in net]
    atol = 2 * models.MODELS[name].lr if name == "adam" else 2e-5  # where a gradient is near 0
    np.testing.assert_allclose(flat(net), flat(ours.params), rtol=0, atol=atol)


@pytest.mark.needs("jax")
@pytest.mark.parametrize("name", models.MODELS)
def test_jax_takes_the_same_steps(name):
    from bench.speed import jax_scan

    arguments = made(name, 150)  # two full batches and the rest
    ours, theirs = contenders.Solutions(*arguments), jax_scan.JAX(*arguments)
    np.testing.assert_allclose(theirs.epoch(), ours.epoch(), rtol=0, atol=1e-5)
    net = [np.asarray(param) for param in theirs.params]
    atol = 2 * models.MODELS[name].lr if name == "adam" else 2e-5  # where a gradient is near 0
    np.testing.assert_allclose(flat(net), flat(ours.params), rtol=0, atol=atol)
    assert theirs.accuracy() == ours.accuracy()


def test_a_contender_that_fails_is_named_and_the_others_go_on():
    failed = {"title": "PyTorch compiled", "samples": [], "failed": "RuntimeError: no compiler"}
    assert "no compiler" in report.contender_line(failed, 1.0)


def model_of(ours, theirs, accuracies=(0.95, 0.95)):
    people = {
        name: {"title": name, "samples": samples, "accuracy": right, "share": 60_000}
        | {"images": 60_000, "failed": None, "threads": 1}
        for name, samples, right in zip(
            ["solutions", "torch"], [ours, theirs], accuracies, strict=True
        )
    }
    return {"title": "MLP", "images": 60_000, "contenders": people}


@pytest.mark.parametrize(("busy", "warned"), [(0.5, True), (1.0, False), (2.0, False)])
def test_times_of_a_busy_machine_are_marked(busy, warned):
    model = model_of([1.0], [1.0])
    for result in model["contenders"].values():
        result["processor_samples"] = [busy]
    told = report.notes({"rounds": 1, "models": {"mlp": model}})
    assert ("OTHER PROGRAMS WERE RUNNING" in told) is warned


@pytest.mark.parametrize(("ours", "passed"), [([0.5, 0.58, 9.0], True), ([0.1, 0.59, 0.7], False)])
def test_the_ratio_is_that_of_the_medians(ours, passed):
    judged = targets.judge({"models": {"mlp": model_of(ours, [5.0, 1.0, 0.1])}})
    assert judged[0]["passed"] is passed
    assert judged[0]["value"] == pytest.approx(ours[1])


def test_the_faster_of_ours_counts_and_the_goal_names_it():
    model = model_of([0.7], [1.0])
    halves = model["contenders"]["solutions"] | {"title": "half per core", "samples": [0.5]}
    model["contenders"]["two-cores"] = halves
    (judged, _) = targets.judge({"models": {"mlp": model}})
    assert (judged["value"], judged["passed"]) == (0.5, True)
    assert judged["what"] == "MLP (half per core): time / that of torch"
    halves["samples"] = [0.8]
    (judged, _) = targets.judge({"models": {"mlp": model}})
    assert (judged["value"], judged["what"]) == (0.7, "MLP: time / that of torch")


@pytest.mark.parametrize(("ours", "passed"), [(0.948, True), (0.946, False), (0.99, True)])
def test_a_faster_time_counts_at_the_same_accuracy_only(ours, passed):
    judged = targets.judge({"models": {"mlp": model_of([0.5], [1.0], (ours, 0.95))}})
    assert [target["passed"] for target in judged] == [True, passed]


def test_the_share_of_gemm_speed_counts_the_products_that_an_epoch_needs():
    assert machine.flops(machine.MLP_PRODUCTS) == 64 * 818_176  # 2 (2 * 784 * 256 + 3 * 256 * 10)
    model = model_of([1.0], [1.0])
    rate = 60_000 * 818_176
    assert targets.mlp_rate(model) == pytest.approx(rate)
    for alone, passed in [(1.8 * rate, True), (1.9 * rate, False)]:
        gemm = {1: {"square": [1.0], "mlp": [alone]}, 2: {"square": [], "mlp": []}}
        (judged,) = targets.judge({"by_threads": {1: {"mlp": model}, 2: {}}, "gemm": gemm})
        assert judged["passed"] is passed
        assert judged["what"].endswith("alone, 1 thread")


@pytest.mark.parametrize(
    ("times", "peaks", "passed"),
    [
        ([1.0, 1.19], [5e6, 5.4e6], [True, True]),
        ([1.0, 1.21], [5e6, 15e6], [False, False]),
        ([1.21, 1.0], [15e6, 5e6], [False, False]),
    ],
)
def test_cost_is_flat_within_a_fifth(times, peaks, passed):
    growth = {
        "seconds_per_image": {"1000": [times[0]], "60000": [times[1]]},
        "peak_bytes": {"1000": peaks[0], "60000": peaks[1]},
        "data_bytes": {"1000": 3e6, "60000": 190e6},
    }
    assert [target["passed"] for target in targets.judge({"growth": growth})] == passed


def test_accuracy_is_judged_on_mnist_only():
    full = {"MLP": {"accuracy": 0.979, "limit": 0.98, "seconds": 3.0}}
    assert not targets.judge({"dataset": "mnist", "accuracy": full})[0]["passed"]
    assert targets.judge({"dataset": "digits", "accuracy": full}) == []


def test_each_layer_is_a_share_of_what_the_machine_attains():
    for layer in layers.LAYERS:
        found = layers.time_one(None, layer.name, 1, 1)
        assert found["seconds"] > 0
        assert found["share"] == pytest.approx(found["rate"] / found["attainable"])
    assert "left_out" in layers.time_one(None, "conv", 4096, 64)


def test_each_contender_counts_with_its_better_number_of_threads():
    one, two = model_of([0.4, 0.5, 0.6], [2.0]), model_of([0.3, 0.7, 0.8], [1.0])
    for result in two["contenders"].values():
        result["threads"] = 2
    merged = epochs.best({1: {"mlp": one}, 2: {"mlp": two}})["mlp"]["contenders"]
    assert (merged["solutions"]["threads"], merged["torch"]["threads"]) == (1, 2)


def test_what_busy_machines_and_learners_wait_for_is_judged():
    both = {"idle": [1.0, 1.0], "busy": [2.4, 2.4]}
    made = {"busy": {"mlp": {"title": "MLP", "contenders": {"solutions": both}}}}
    made |= {"demonstration": {"idle": [1.0], "busy": [2.6]}}
    made |= {"kit": {"grade": {"digits": [17.0]}, "saves": {"2.2 f": 0.3, "3.3 g": 0.1}}}
    judged = {target["what"]: target["passed"] for target in targets.judge(made)}
    assert judged == {
        "MLP: busy / idle": True,
        "demonstration of 3.4: busy / idle": False,
        "grade run all, digits": True,
        "save to verdict, 2.2 f": False,
        "save to verdict, 3.3 g": True,
    }


def test_threads_are_set_for_a_process_that_starts_and_restored(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("XLA_FLAGS", raising=False)
    before = dict(os.environ)
    with workers.environment(1):
        assert os.environ["OMP_NUM_THREADS"] == os.environ["OPENBLAS_NUM_THREADS"] == "1"
        assert "false" in os.environ["XLA_FLAGS"]
    with workers.environment(None):
        assert "OMP_NUM_THREADS" not in os.environ
    assert dict(os.environ) == before


def test_the_tables_take_their_place_in_the_document(tmp_path):
    page = tmp_path / "speed.md"
    page.write_text((ROOT / "docs" / "speed.md").read_text(encoding="utf-8"), encoding="utf-8")
    model = model_of([0.5], [1.0])
    for result in model["contenders"].values():
        result["processor_samples"] = [1.0]
    made = {"machine": {"processor": "P", "cores": 2, "numpy": "2.0", "blas": "openblas 1"}}
    made |= {"images": 60_000, "rounds": 9, "batch_size": 64, "dtype": "float32"}
    made |= {"dataset": "mnist", "models": {"mlp": model}, "by_threads": {1: {"mlp": model}}}
    made["targets"] = targets.judge({"models": made["models"]})
    for _ in range(2):  # the second time over the first
        document.write(made, page)
    text = page.read_text(encoding="utf-8")
    assert text.count("P, 2 cores; numpy 2.0, openblas 1 in NumPy. Medians of 9") == 1
    assert "| MLP | 0.5 s (1, 95.00%) | - | 1 s (1, 95.00%) | - | - | 0.50 | - | - |" in text
    assert "| threads | NumPy, 1 | PyTorch, 1 |" in text
    assert "| MLP: time / that of torch | 0.50 (at most 0.58) | yes |" in text
    assert "## Threads" in text
    assert not document.is_made_for(ROOT / "README.md")


def test_the_busy_part_trains_beside_others(monkeypatch):
    monkeypatch.setenv("LEARN_DL_DATA", "")
    monkeypatch.setattr(busy, "beside", lambda number: contextlib.nullcontext())
    found = busy.measure(["logistic"], ["torch", "jax"], 130, 1, lambda line: None)
    ours = found["logistic"]["contenders"]["solutions"]
    assert ours["idle"][0] > 0 < ours["busy"][0]
    assert all(count in (1, machine.cores()) for [count] in ours["threads"].values())


def test_others_compute_until_the_measurement_ends():
    with busy.spinning(1) as processes:
        assert processes[0].poll() is None
    assert processes[0].poll() is not None


def test_quick_keeps_what_was_asked_for(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["bench.speed", "--quick", "--images", "50"])
    options = command.parse()
    assert (options.images, options.rounds, options.parts) == (50, 3, ("epochs", "busy"))
    assert {"loops", "torch-compiled"} <= {*options.leave_out}
