"""Grades many versions of the reference's functions, wrong or right, as a learner's would be.

    python -m tests.support.grade_versions KIND CHAPTER [FUNCTION]

    wrong 2.1      the chapter's misconception bank, with its diagnoses
    right 2.1      the chapter's right answers in other forms
    wrong all      every chapter; the exit code is 1 if a version is not graded as it should be

Each version is the reference's chapter with one function written once more at its end. All those
of a chapter lie in one submission under names of their own, so that one worker serves them all.
"""

import ast
import inspect
import re
import shutil
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from grader import misconceptions, threads
from grader.boundary.workers import Workers
from grader.course import registry
from grader.diagnosis import diagnose
from grader.grading import checks

from . import right

ROOT = Path(__file__).resolve().parents[2]
SOLUTIONS = ROOT / "solutions"
COURSE = Path(misconceptions.__file__).with_name("course.py")


@dataclass(frozen=True)
class Graded:
    """What the checks of one function said of one version."""

    function: str
    version: str
    checks: int
    failures: dict  # name of a failed check: its text
    diagnoses: dict  # name of a failed check: its `Diagnosis`

    @property
    def names(self):
        """The misconceptions named, without repetition."""
        return list(dict.fromkeys(diagnosis.name for diagnosis in self.diagnoses.values()))


def source_of(version, function):
    """The text that puts this version in place of the graded function."""
    module = ast.parse(Path(inspect.getfile(version)).read_text(encoding="utf-8"))
    kept = [node for node in module.body[1:] if not _is_ours(node)]
    (node,) = [n for n in module.body if getattr(n, "name", None) == version.__name__]
    node.name = function
    node.decorator_list = [item for item in node.decorator_list if not _enters(item)]
    if ast.get_docstring(node):
        node.body = node.body[1:] or [ast.Pass()]
    return "\n\n".join(map(ast.unparse, [*kept, node]))


def _enters(decorator):
    """Such as `@wrong("relu")`; others are part of the version."""
    return ast.unparse(decorator).partition("(")[0] in ("wrong", "right")


def _is_ours(node):
    """Another version, or the import of the decorator; helpers and other imports are kept."""
    if isinstance(node, ast.ImportFrom):
        return [name.name for name in node.names] in (["wrong"], ["right"])
    defined = isinstance(node, (ast.FunctionDef, ast.ClassDef))
    return defined and not node.name.startswith("_")


def chapter_with(stem, source):
    """The reference's chapter with a function written once more at its end."""
    text = (SOLUTIONS / f"{stem}.py").read_text(encoding="utf-8").partition("\ndef demo():")[0]
    return f"{text}\n\n{source.replace('from grader.misconceptions.course', 'from .course')}\n"


@contextmanager
def submission(stem, texts):
    """`(workers, [stem of each version])`: the solutions, and the chapter once for each text."""
    with tempfile.TemporaryDirectory() as folder:
        for path in SOLUTIONS.glob("*.py"):
            shutil.copy(path, folder)
        shutil.copy(COURSE, folder)
        stems = [f"{stem}_{i}" for i in range(len(texts))]
        for name, text in zip(stems, texts, strict=True):
            Path(folder, f"{name}.py").write_text(text, encoding="utf-8")
        workers = Workers(Path(folder))
        try:
            yield workers, stems
        finally:
            workers.close()


def grade(workers, stem, function, *, version="", file=None, dataset=None):
    """Run the checks of one function on a version, and diagnose what fails."""
    checked = checks.run_function(workers, stem, function, file=file, dataset=dataset)
    failures = {check.name: str(check.finding) for check in checked if check.finding}
    diagnoses = diagnose(misconceptions.of(stem, function), checked)
    return Graded(function, version, len(checked), failures, diagnoses)


def versions(stem, kind):
    """`[(graded function, version)]` of a chapter's bank, "wrong" or "right"."""
    if kind == "right":
        return right.answers(stem)
    bank = misconceptions.bank(stem)
    return [(function, known.version) for function in bank for known in bank[function]]


def grade_some(stem, kind, start=0, step=1, function=None):
    """`[Graded]` of every so many versions of a chapter; can run in a process of its own."""
    threads.limit_blas_threads()
    import data

    some = [(name, v) for name, v in versions(stem, kind)[start::step] if function in (None, name)]
    dataset = data.load("digits")
    texts = [chapter_with(stem, source_of(version, name)) for name, version in some]
    with submission(stem, texts) as (workers, files):
        return [
            grade(workers, stem, name, version=version.__name__, file=file, dataset=dataset)
            for (name, version), file in zip(some, files, strict=True)
        ]


def grade_all(pool, stem, kind, jobs=2, each=1):
    """`[Graded]` of the versions of a chapter, or of one in `each`, by the processes of a pool."""
    starts = range(0, jobs * each, each)
    runs = [pool.submit(grade_some, stem, kind, start, jobs * each) for start in starts]
    return [graded for run in runs for graded in run.result()]


def holds(kind, graded):
    """Whether a version is told as it should be: wrong ones by their own name, right ones not."""
    if kind == "right":
        return not graded.failures
    return bool(graded.failures) and graded.names == [graded.version]


def main(kind, chapter, function=None):
    chosen, faults = registry.select([chapter]), 0
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for one in chosen:
            every = (
                grade_some(one.stem, kind, function=function)
                if function
                else grade_all(pool, one.stem, kind)
            )
            for graded in every:
                if not holds(kind, graded) or len(chosen) == 1:
                    show(kind, graded)
            faults += sum(not holds(kind, graded) for graded in every)
            print(f"{one.id}: {len(every)} {kind} versions")
    return 1 if faults else 0


def show(kind, graded):
    """One line for each version, and the messages behind it."""
    verdict = "ok" if holds(kind, graded) else "!!"
    told = f"{len(graded.failures)} of {graded.checks} checks fail, diagnosed as {graded.names}"
    print(f"{verdict} {graded.function} {graded.version}: {told}")
    for check, text in list(graded.failures.items())[: None if kind == "right" else 1]:
        if diagnosis := graded.diagnoses.get(check):
            text += f"\n  likely    {diagnosis.happened}\n  next      {diagnosis.question}"
        print(re.sub("^", "      ", f"{check}\n{text}", flags=re.M))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
