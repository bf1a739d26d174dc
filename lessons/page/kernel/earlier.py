"""Puts a chapter file into a folder with what it builds on: the learner's functions, or ours."""

import shutil

from grader.course import registry, stubs
from grader.course.places import REFERENCE, STUBS


def assemble(folder, stem, name, source):
    """Write the chapter file and all others that it may import into a folder.

    Return `[{"stem", "name", "whose"}]` for the earlier functions that this one uses; `whose` is
    "yours" or "reference".
    """
    for chapter in registry.chapters():
        shutil.copyfile(REFERENCE / f"{chapter.stem}.py", folder / f"{chapter.stem}.py")
    shutil.copyfile(STUBS / "neural_network.py", folder / "neural_network.py")
    stubs.add_whole(folder)
    (folder / f"{stem}.py").write_text(source, encoding="utf-8")
    return []
