"""NumPy's floating-point warnings, read off the values.

WebAssembly has no floating-point flags, so NumPy never warns there of an overflow. While a function
is graded, those of NumPy's functions that overflow or divide by zero most often look at what they
got and gave instead. Operators are left alone; what they hide, only the terminal sees.
"""

import contextlib
import functools
import warnings

import numpy as np

DIVIDING = ("log", "log2", "log10", "divide")
WATCHED = ("exp", "exp2", "expm1", "cosh", "sinh", "power", "square", *DIVIDING)


class Watched:
    """A ufunc that warns as NumPy does elsewhere."""

    def __init__(self, ufunc):
        self.ufunc = ufunc
        functools.update_wrapper(self, ufunc)

    def __call__(self, *args, **kwargs):
        value = self.ufunc(*args, **kwargs)
        if not kwargs and np.asarray(value).dtype.kind in "fc" and not np.isfinite(value).all():
            self._look(args, value)
        return value

    def __getattr__(self, name):
        return getattr(self.ufunc, name)

    def _look(self, args, value):
        finite = np.isfinite(args[0])
        for other in args[1:]:
            finite = finite & np.isfinite(other)
        infinite = "divide by zero" if self.__name__ in DIVIDING else "overflow"
        self._warn(infinite, np.isinf(value) & finite)
        self._warn("invalid value", np.isnan(value) & finite)

    def _warn(self, what, where):
        setting = {"divide by zero": "divide", "overflow": "over", "invalid value": "invalid"}[what]
        if np.any(where) and np.geterr()[setting] != "ignore":
            text = f"{what} encountered in {self.__name__}"
            if np.geterr()[setting] == "raise":
                raise FloatingPointError(text)
            warnings.warn(text, RuntimeWarning, stacklevel=4)


@contextlib.contextmanager
def watched():
    """Let these functions of NumPy warn of what their values show."""
    before = {name: getattr(np, name) for name in WATCHED}
    for name, ufunc in before.items():
        setattr(np, name, ufunc if isinstance(ufunc, Watched) else Watched(ufunc))
    try:
        yield
    finally:
        for name, ufunc in before.items():
            setattr(np, name, ufunc)
