"""What a misconception's name means, in words that hold for every student who has it."""

import string
from functools import cache

from ..course import registry
from ..diagnosis.general import GENERAL
from ..misconceptions import of

FIELDS = {"part": "the answer", "got": "what is given", "expected": "what is right"}


def named(misconception):
    """`mean_not_taken + sign_flipped` as `mean not taken, sign flipped`."""
    return str(misconception).replace("_", " ").replace(" + ", ", ")


def key(chapter, function, misconception):
    """What counts as one: a fault that any function may have is counted once in a chapter."""
    own = any(name in _bank(chapter, function) for name in misconception.split(" + "))
    return chapter, function if own else None, misconception


def told(chapter, function, misconception):
    """`[{happened, question}]`, each as `[(text, is a placeholder)]`; [] for a name not known."""
    known = GENERAL | _bank(chapter, function)
    texts = [known.get(name) for name in misconception.split(" + ")]
    return [{"happened": _parts(text[0]), "question": _parts(text[1])} for text in texts if text]


@cache
def _bank(chapter, function):
    stems = [known.stem for known in registry.chapters() if known.id == chapter]
    versions = of(stems[0], function) if stems else []
    return {known.name: (known.happened, known.question) for known in versions}


def _parts(text):
    """The text around its fields, and for each field what it stands for."""
    parts = []
    for literal, field, _, _ in string.Formatter().parse(text):
        if literal:
            parts.append((literal, False))
        if field:
            word = FIELDS.get(field, field.replace("_", " "))
            parts.append((word if parts else word[0].upper() + word[1:], True))
    return parts
