"""Lets a submission import packages that the course does without, as long as it does not use them.

The sandbox has only `LIBRARIES`; on the learner's machine there may be others. In both a submission
meets a placeholder in place of any other package, so that it earns the same points.
"""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

# The packages that a submission may import, and their dependencies.
LIBRARIES = (
    *("numpy", "scipy", "matplotlib"),
    *("contourpy", "cycler", "dateutil", "fontTools", "kiwisolver", "mpl_toolkits"),
    *("packaging", "PIL", "pyparsing", "six", "tzdata"),
)


class Unused:
    """A name of a package that is not there: it can be imported, and any use says so."""

    def __init__(self, package: str) -> None:
        self.__dict__["package"] = package

    def _refuse(self, *args, **kwargs):
        package = self.__dict__["package"]
        raise ModuleNotFoundError(f"No module named {package!r}", name=package)

    def __getattr__(self, name: str) -> None:
        if name.startswith("__"):  # Python's own questions
            raise AttributeError(name)
        self._refuse()

    __call__ = __setattr__ = __getitem__ = __iter__ = __enter__ = _refuse
    __mro_entries__ = __bool__ = __len__ = __add__ = __mul__ = __matmul__ = _refuse


class Loader(importlib.abc.Loader):
    """Loads a module whose names are all `Unused`."""

    def create_module(self, spec: Any) -> None:
        return None

    def exec_module(self, module: Any) -> None:
        package = module.__name__.partition(".")[0]
        module.__getattr__ = lambda name: _name_of(package, name)


def _name_of(package, name):
    if name.startswith("__"):  # Python's own questions
        raise AttributeError(name)
    return Unused(package)


def find(fullname: str, folder: str, is_own: Callable[[str], bool]) -> Any:
    """Return the spec for a module that a submission's file imports, or None.

    That is the submission's own helper module, else a placeholder. An import inside `try` or
    `suppress` gets no placeholder: that file is prepared to do without.
    """
    package = fullname.partition(".")[0]
    if isinstance(getattr(sys.modules.get(package), "__loader__", None), Loader):
        return importlib.machinery.ModuleSpec(fullname, Loader(), is_package=True)
    if "." in fullname or package in sys.stdlib_module_names or package in LIBRARIES:
        return None
    frame = _importer(is_own, sys._getframe(1))
    if frame is None:  # a library asks for another one
        return None
    if helper := importlib.machinery.PathFinder.find_spec(package, [folder]):
        return helper  # before an installed package of the same name
    if _inside_try(frame):
        raise ModuleNotFoundError(f"No module named {package!r}", name=fullname)
    return importlib.machinery.ModuleSpec(fullname, Loader(), is_package=True)


def _importer(is_own: Callable[[str], bool], frame: FrameType | None) -> FrameType | None:
    """Return the frame with the import statement if it is the submission's, else None.

    `importlib.import_module` is none: it is called to use the package.
    """
    while frame is not None and _belongs_to_importing(frame.f_code.co_filename):
        frame = frame.f_back
    return frame if frame and is_own(frame.f_code.co_filename) else None


def _belongs_to_importing(file):
    own = os.path.dirname(file) == os.path.dirname(__file__)
    return own or file.startswith("<frozen importlib")


def _inside_try(frame):
    with open(frame.f_code.co_filename, "rb") as file:
        text = file.read()
    try:
        tree = ast.parse(text)
    except SyntaxError:  # in another cell of a notebook
        return False
    blocks: list[Any] = [
        node for node in ast.walk(tree) if isinstance(node, ast.Try) or _suppresses(node)
    ]
    return any(
        node.body[0].lineno <= frame.f_lineno <= (node.body[-1].end_lineno or 0) for node in blocks
    )


def _suppresses(node):
    """True for `with contextlib.suppress(ImportError):`."""
    return isinstance(node, ast.With) and any(
        "suppress" in ast.unparse(item.context_expr) for item in node.items
    )
