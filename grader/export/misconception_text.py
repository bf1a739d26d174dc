"""Explains a misconception's name in words that hold for every student who has it."""

from __future__ import annotations

import string
from functools import cache

from ..course import registry
from ..diagnosis.texts import GENERAL
from ..misconceptions import for_function

FIELDS = {"part": "the answer", "got": "the value given", "expected": "the correct value"}


def readable(misconception: str) -> str:
    """Turn `mean_not_taken + sign_flipped` into `mean not taken, sign flipped`."""
    return str(misconception).replace("_", " ").replace(" + ", ", ")


def key(chapter: str, function: str, misconception: str) -> tuple[str, str | None, str]:
    """Return the key under which to count: a general fault counts once per chapter."""
    own = any(name in _bank(chapter, function) for name in misconception.split(" + "))
    return chapter, function if own else None, misconception


def explanations(
    chapter: str, function: str | None, misconception: str
) -> list[dict[str, list[tuple[str, bool]]]]:
    """Return `[{happened, question}]`, each as `[(text, is a placeholder)]`; [] if unknown."""
    bank = GENERAL | _bank(chapter, function)
    texts = [bank.get(name) for name in misconception.split(" + ")]
    return [{"happened": _parts(text[0]), "question": _parts(text[1])} for text in texts if text]


@cache
def _bank(chapter, function):
    stems = [other.stem for other in registry.chapters() if other.id == chapter]
    versions = for_function(stems[0], function) if stems else []
    return {version.name: (version.happened, version.question) for version in versions}


def _parts(text):
    """Split the text at its fields, and replace each field by a word for it."""
    parts = []
    for literal, field, _, _ in string.Formatter().parse(text):
        if literal:
            parts.append((literal, False))
        if field:
            word = FIELDS.get(field, field.replace("_", " "))
            parts.append((word if parts else word[0].upper() + word[1:], True))
    return parts
