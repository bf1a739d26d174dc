"""SciPy and Matplotlib are fetched only when something imports them.

SciPy is two packs. Its modules import one another, mostly for functions that few ever call: such
an import waits until the name is used, so that `scipy.signal` needs a third of SciPy.
"""

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import os
import re
import sys

FOLDER = "/usr/local/lib"
PACKAGES = {"scipy": "scipy", "matplotlib": "matplotlib", "mpl_toolkits": "matplotlib"}
MORE = "scipy-more"  # the parts of SciPy that are not in the pack `scipy`
COSTLY = {"scipy": "scipy.signal", "matplotlib": "matplotlib.pyplot"}  # to import
IMPORTED = re.compile(rf"^[ \t]*(?:from|import)\b.*?\b({'|'.join(COSTLY)})\b", re.M)
missing: set[str] = set()  # libraries that were asked for and are not here


class Missing(Exception):
    """The call has to be made again with the libraries that are `missing` now."""


def install():
    """Begin to look for these packages in the folders that the page mounts."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.append(_Finder())
    if hasattr(sys, "set_lazy_imports"):  # since Python 3.15
        sys.set_lazy_imports_filter(_can_wait)
        sys.set_lazy_imports("all")


def prepare(texts):
    """Import what these texts import beforehand, so that it costs the learner's code no time.

    Raises `Missing` if something has to be fetched first.
    """
    for library in sorted({name for text in texts for name in IMPORTED.findall(text)}):
        with contextlib.suppress(ImportError):
            importlib.import_module(COSTLY[library])
    if missing:
        raise Missing


def _can_wait(importing, imported, names):
    """Tell whether a module's import is put off until the first use of the name."""
    targets = [f"scipy.{name}" for name in names or ()] if imported == "scipy" else [imported]
    inside = (importing or "").startswith("scipy.") and not _is_more(importing)
    return inside and any(map(_is_more, targets))


def _is_more(module):
    """Return True for a module of SciPy that its first pack does not hold."""
    top, part = f"{module}.".split(".")[:2]
    held = f"{FOLDER}/scipy/scipy/{part}"
    if top != "scipy" or not part or part.startswith("_"):  # what is private is all in the first
        return False
    return not (os.path.isdir(held) or os.path.isfile(f"{held}.pyc"))


class _Finder(importlib.abc.MetaPathFinder):
    """Comes last, so it is asked only for what is nowhere else."""

    def find_spec(self, fullname, path=None, target=None):
        is_part = fullname.count(".") == 1 and _is_more(fullname)
        pack = MORE if is_part else PACKAGES.get(fullname)
        if pack is None or not os.path.isdir(FOLDER):
            return None
        folder = f"{FOLDER}/{pack}"
        if not os.path.isdir(folder):
            missing.add(pack)
            return None
        if is_part:
            return importlib.machinery.PathFinder.find_spec(fullname, [f"{folder}/scipy"], target)
        if folder not in sys.path:
            sys.path.append(folder)
        return importlib.machinery.PathFinder.find_spec(fullname, path, target)
