"""Finds people of earlier uploads again, whose submissions have other ids by now.

Gradescope numbers submissions and not people: every upload of a student has another number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..intake.intake import HandIn

    Student = Mapping[str, str]

KEYS = ("sis_id", "email", "login")  # of a person, the same in every upload


def with_known_ids(hand_ins: Sequence[HandIn], known: Mapping[str, Student]) -> list[HandIn]:
    """Return the hand-ins, each under the id that is known for the same person.

    known: the people with results, by id; ids that a hand-in has are nobody else's, and one that
        fits several hand-ins is given to none
    """
    here = {hand_in.id for hand_in in hand_ins}
    absent = {id: student for id, student in known.items() if id not in here}
    ids = _ids_by_key(absent)
    fits = {
        hand_in.id: {
            id
            for key in _keys(hand_in.student)
            for id in ids.get(key, ())
            if _agree(hand_in.student, absent[id])
        }
        for hand_in in (hand_ins if absent else ())
        if hand_in.id not in known
    }
    counts = Counter(id for found in fits.values() for id in found)
    ids_before = {
        new: id for new, found in fits.items() for id in found if len(found) == counts[id] == 1
    }
    renamed = [replace(hand_in, id=ids_before.get(hand_in.id, hand_in.id)) for hand_in in hand_ins]
    return sorted(renamed, key=lambda hand_in: hand_in.id)


def _ids_by_key(students):
    ids: dict[tuple[str, str], list[str]] = {}
    for id, student in students.items():
        for key in _keys(student):
            ids.setdefault(key, []).append(id)
    return ids


def _keys(student):
    return [(key, student[key].casefold()) for key in KEYS if student.get(key)]


def _agree(student, other):
    """True if no key tells the two apart."""
    keys, others = dict(_keys(student)), dict(_keys(other))
    return all(keys[key] == others[key] for key in keys.keys() & others.keys())
