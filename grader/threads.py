"""How many threads BLAS gets, in the worker and beside it, so that times can be compared.

One, unless the user says otherwise: the course's matrices are small, results repeat bit for bit,
and two threads that wait for each other on a busy machine were ten times slower.
"""

import os

SETTINGS = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def environment():
    """The environment variables that say so, for a process that is yet to start."""
    return dict.fromkeys(SETTINGS, os.environ.get(SETTINGS[0], "1"))


def settle():
    """Say so to this process, in time only before NumPy is imported: this module does not."""
    for name, count in environment().items():
        os.environ.setdefault(name, count)
