"""The former name of `reference.py`; to be removed once its importers use the new name."""

from .reference import *  # noqa: F403
