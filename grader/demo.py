"""Runs a chapter's demo: `python -m exercises.ch3_2_activation_functions`."""

import sys
import traceback
from collections.abc import Callable
from pathlib import Path


def run(demo: Callable[[], object]) -> None:
    """Call `demo()`; exit with one line instead of a traceback for a stub or missing data."""
    from data import DataError

    from . import threads

    threads.steady()
    try:
        demo()
    except NotImplementedError as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        sys.exit(f"{error} ({Path(frame.filename).name}:{frame.lineno}), then run this again")
    except DataError as error:
        sys.exit(str(error))
