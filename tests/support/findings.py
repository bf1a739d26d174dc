"""Findings of wrong answers, made without a worker, and what the diagnosis says of them."""

import numpy as np
import pytest

from grader.boundary.reply import Reply
from grader.diagnosis import diagnose
from grader.grading.checks import Checked
from grader.vocabulary import expect
from grader.vocabulary.call import Call
from grader.vocabulary.finding import Finding

RNG = np.random.default_rng(0)
W = RNG.normal(size=(4, 3))
V = RNG.normal(size=3)
N = 7
X = RNG.normal(size=(N, 4))


def finding_of(word, value, *args, call_args=(X,), reply=None, **options):
    """The `Finding` that a word raises about the answer of one call, and the call."""
    call = Call("f", call_args, {}, reply or Reply(value=value))
    token = expect.calls.set([call])
    try:
        with pytest.raises(Finding) as caught:
            word(value, *args, **options)
    finally:
        expect.calls.reset(token)
    return caught.value, call


def told(word, value, *args, versions=(), **options):
    """The `Diagnosis` of that finding, or None."""
    finding, call = finding_of(word, value, *args, **options)
    return diagnose(versions, [Checked("check", finding, [call])]).get("check")


def name(*args, **options):
    found = told(*args, **options)
    return found and found.name
