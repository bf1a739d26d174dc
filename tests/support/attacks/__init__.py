"""Submissions by people with an interest in the outcome: name -> {file: source}.

Each tries to earn points without an answer, to learn what it must not know, or to do harm.
What must not be had is announced as `LEAKED`, what must not be done as `DID`. None may earn more
than a stub does.
"""

from . import answers, examiner, resources, system  # noqa: F401  # they enter their attacks
from .entries import ATTACKS

__all__ = ["ATTACKS"]
