"""Makes a submission the package `exercises`: finds, loads and names its modules."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import re
import sys
import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or __package__:  # see `session.py`
    from grader.worker import cells, refusals, third_party, toplevel
    from grader.worker.places import NOTEBOOK, Places
else:
    import cells
    import refusals
    import third_party
    import toplevel
    from places import NOTEBOOK, Places

PACKAGE = "exercises"
CHAPTER = re.compile(r"ch\d+_\d+_\w+|neural_network")
KIT = ("data", "grader", "solutions")  # packages that a submission cannot import
PLACEHOLDERS = {  # modules that notebooks import and grading does not need
    "grader": ("check", "plot"),
    "IPython": ("display", "get_ipython"),
    "IPython.display": ("display", "clear_output", "HTML", "Image", "Latex", "Markdown", "Math"),
    "google": ("colab",),
    "google.colab": ("auth", "drive", "files", "output", "userdata", "widgets"),
}
EXPORTED = re.compile(rb"^get_ipython\(\)\.|^# In\[[\d ]*\]:", re.M)  # a notebook saved as a script


def install(places: Places, empty: str | None) -> None:
    """Make the submission the package `exercises`, whatever its folder is called."""
    create(places)
    sys.meta_path.insert(0, Finder(places, empty))
    sys.path.append(places.folder)  # last, for the learner's own helper modules
    sys.dont_write_bytecode = True


def forget(places: Places) -> None:
    """Drop the submission's modules, so that the next import reads its files as they are now."""
    for name, module in list(sys.modules.items()):
        paths = [getattr(module, "__file__", None), *getattr(module, "__path__", ())]
        if any(places.is_own(path) for path in paths if path):
            del sys.modules[name]
    importlib.invalidate_caches()
    create(places)


def create(places: Places) -> None:
    """Make a new package without modules."""
    package = types.ModuleType(PACKAGE)
    package.__path__ = [places.folder]
    sys.modules[PACKAGE] = package


class Finder(importlib.abc.MetaPathFinder):
    """Finds the submission's files, and hides the kit's packages wherever they are.

    empty: in the sandbox, a folder that can be read but not written
    """

    def __init__(self, places: Places, empty: str | None = None) -> None:
        self.places, self.folder, self.empty = places, places.folder, empty

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        package, _, stem = fullname.rpartition(".")
        file = os.path.join(self.folder, f"{stem}.py")
        # Outside the package, only chapters: a `numpy.py` in the folder must not replace NumPy.
        own = package == PACKAGE or (not package and (CHAPTER.fullmatch(stem) or stem in KIT))
        if own and os.path.isfile(file):
            if not package and stem not in KIT:
                return importlib.machinery.ModuleSpec(fullname, Alias())
            loader = Source(fullname, file, confined=self.empty is not None)
            return importlib.util.spec_from_file_location(fullname, file, loader=loader)
        if fullname in PLACEHOLDERS:
            return importlib.machinery.ModuleSpec(
                fullname, PlaceholderLoader(), is_package=not package
            )
        top = fullname.partition(".")[0]
        if top in KIT and not os.path.isdir(os.path.join(self.folder, top)):
            raise ModuleNotFoundError(f"No module named {top!r}", name=fullname)
        chapter = CHAPTER.fullmatch(top)  # misspelled, or missing
        if not chapter and (spec := third_party.find(fullname, self.folder, self.places.is_own)):
            return spec
        if self.empty is not None and not package:
            return refusals.find(fullname, self.empty)
        return None


class Source(importlib.machinery.SourceFileLoader):
    """Always compiles the file as it is now: a cached .pyc can be out of date by a second."""

    def __init__(self, fullname: str, path: str, confined: bool) -> None:
        super().__init__(fullname, path)
        self.confined = confined

    def get_code(self, fullname: str) -> Any:
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)

    def exec_module(self, module: Any) -> None:
        data = self.get_data(module.__file__)
        is_notebook = data.startswith((NOTEBOOK.encode(), b"# cell 1\n"))
        if is_notebook or EXPORTED.search(data):  # Jupyter needs no import for them
            module.display = module.get_ipython = Placeholder()
        if is_notebook:
            cells.run(module, importlib.util.decode_source(data), module.__file__)
        elif self.confined:
            toplevel.run(module, data, module.__file__)
        else:
            super().exec_module(module)


class Alias(importlib.abc.Loader):
    """Loads a chapter that is imported by its bare name: the module in the package, once."""

    def create_module(self, spec: Any) -> Any:
        module = importlib.import_module(f"{PACKAGE}.{spec.name}")
        self.spec = module.__spec__
        return module

    def exec_module(self, module: Any) -> None:
        module.__spec__ = self.spec


class Placeholder:
    """Replaces what a notebook uses of Jupyter: all of it can be called, and nothing happens."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args, **kwargs):
        return self

    def __iter__(self):
        return iter(())

    def __bool__(self):  # Matplotlib asks whether there is an IPython at all
        return False


class PlaceholderLoader(importlib.abc.Loader):
    """Loads a module whose names all do nothing: see `PLACEHOLDERS`."""

    def create_module(self, spec):
        return None

    def exec_module(self, module: Any) -> None:
        for name in PLACEHOLDERS[module.__name__]:
            setattr(module, name, Placeholder())
        if module.__name__ == "IPython":
            module.version_info = (9, 0)  # Matplotlib reads it
