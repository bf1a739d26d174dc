"""`two_cores.py` trains in two processes as the plain code does in one."""

import multiprocessing
import os
import subprocess
import sys

import numpy as np
import pytest
from support.running import ROOT

from solutions.ch2_3_mini_batches import gradient_descent
from solutions.ch3_3_forward_mlp import he_init
from solutions.ch3_4_backpropagation import mlp_loss
from solutions.ch5_1_adam import adam_descent, adam_update
from solutions.two_cores import Adam, Descent, TwoCores, possible_processes

KINDS = [(Descent(0.1), gradient_descent, 0.1), (Adam(0.01), adam_descent, 0.01)]


def made(dtype, hidden=7, n=45):
    """Inputs, one-hot labels and start parameters; the last batch of 20 is smaller."""
    rng = np.random.default_rng(0)
    X, y = rng.random((n, 12)), np.eye(3)[rng.integers(0, 3, n)]
    params = [*he_init(12, hidden, rng), *he_init(hidden, 3, rng)]
    return X.astype(dtype), y.astype(dtype), [param.astype(dtype) for param in params]


def compare(kind, dtype, processes, hidden=7):
    """Train twice for two epochs, and compare parameters and losses with the plain code's."""
    (update, descend, lr), (X, y, params) = kind, made(dtype, hidden)
    start, close = [param.copy() for param in params], 1e-4 if dtype == np.float32 else 1e-11
    rng, same = np.random.default_rng(1), np.random.default_rng(1)
    with TwoCores(X, y, params, update, 20, processes) as network:
        for _ in range(2):
            losses = network.train(2, rng)
            expected, expected_losses = descend(X, y, start, lr, mlp_loss, 20, 2, same)
            np.testing.assert_allclose(losses, expected_losses, atol=close)
            for found, right in zip(network.params, expected, strict=True):
                assert (found.dtype, found.shape) == (dtype, right.shape)
                np.testing.assert_allclose(found, right, atol=close)
            start = expected
    for param, unchanged in zip(params, made(dtype, hidden)[2], strict=True):
        np.testing.assert_array_equal(param, unchanged)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", KINDS)
def test_two_processes_compute_what_the_plain_code_computes(kind, dtype):
    compare(kind, dtype, 2)


@pytest.mark.parametrize("kind", KINDS)
def test_so_does_one_process(kind):
    compare(kind, np.float64, 1)


def test_the_unit_of_adam_makes_no_difference():
    """It is set back every dozen updates here."""
    update, rng = Adam(0.01, beta1=0.8, beta2=0.3), np.random.default_rng(0)
    found = expected = rng.normal(size=9)
    found, m, v = found.copy(), np.zeros(9), np.zeros(9)
    update.start(found)
    for t in range(1, 50):
        grad = rng.normal(size=9) * 10.0 ** -(t % 9)
        update.step(found, update.scale * grad)
        m, v, step = adam_update(m, v, grad, t, 0.01, 0.8, 0.3)
        expected = expected + step
        np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_a_single_hidden_unit_cannot_be_divided():
    compare(KINDS[0], np.float64, 2, hidden=1)
    assert not multiprocessing.active_children()


def test_one_core_trains_alone(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    assert possible_processes() == 1
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    assert possible_processes() == 2


def test_a_second_process_that_has_ended_is_one_clear_error():
    X, y, params = made(np.float64)
    with TwoCores(X, y, params, Descent(0.1), processes=2) as network:
        network.process.kill()
        with pytest.raises(RuntimeError, match="second process has ended"):
            network.train()
    assert not multiprocessing.active_children()


def test_arrays_that_do_not_fit_are_refused():
    X, y, params = made(np.float64)
    for wrong_X, wrong_y in [(X[1:], y), (X[:, 1:], y), (X, y[:, 1:])]:
        with pytest.raises(ValueError, match="do not fit"):
            TwoCores(wrong_X, wrong_y, params, Descent(0.1))


SCRIPT = """
import os, sys
import numpy as np
from solutions.two_cores import Descent, TwoCores

class Dies(Descent):
    def step(self, params, grads):
        if os.getpid() == self.first:
            os._exit(3)

def train():
    update = Dies(0.1)
    update.first = os.getpid()
    start = [np.ones((1, 2)), np.ones(2), np.ones((2, 1)), np.ones(1)]
    TwoCores(np.ones((9, 1)), np.ones((9, 1)), start, update, 3, processes=2).train()
"""


def run(tmp_path, last):
    """Run the script with these last lines, until no process holds its output any longer."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT + last)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, script]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


def test_the_second_process_does_not_outlive_the_first(tmp_path):
    done = run(tmp_path, 'if __name__ == "__main__": train()')
    assert (done.returncode, done.stdout) == (3, "")


def test_a_script_without_the_if_is_told_about_it(tmp_path):
    done = run(tmp_path, "train()")
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert (
        "the second process has ended: in a script, `TwoCores` belongs below `if __name__" in last
    )
