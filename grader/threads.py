"""How many threads BLAS gets, in the worker and in the examiner, so that times can be compared.

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


def environment() -> dict[str, str]:
    """Return the environment variables that set the number, for a process yet to be started."""
    return dict.fromkeys(SETTINGS, os.environ.get(SETTINGS[0], "1"))


def limit_blas_threads() -> None:
    """Apply the settings to this process.

    Only effective before NumPy is imported (this module does not import it).
    """
    for name, count in environment().items():
        os.environ.setdefault(name, count)
