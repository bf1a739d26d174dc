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
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import arguments, processes
from grader import misconceptions, threads
from grader.boundary.workers import Workers
from grader.diagnosis import diagnose
from grader.grading import checks, repairs
from grader.misconceptions import pieces, reference

from . import right

ROOT = Path(__file__).resolve().parents[2]
SOLUTIONS = ROOT / "solutions"
SHARED = (reference.__file__, pieces.__file__)  # the files that wrong versions import
DECORATORS = {
    "right",
    "wrong",
    "recognized",
}  # not part of a version, whatever a variable is called


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
    """The text that puts this version in place of the graded function: itself and what it uses."""
    mistake = inspect.unwrap(version)
    module = ast.parse(Path(inspect.getfile(mistake)).read_text(encoding="utf-8"))
    node, bound, given = _entry(module, mistake.__name__, function, version.__name__)
    node.decorator_list = [item for item in node.decorator_list if not _enters(item)]
    if ast.get_docstring(node):
        node.body = node.body[1:] or [ast.Pass()]
    node.name = function
    pieces = [node]
    if given:
        node.name = "_mistake"
        pieces.append(_called_with(given, function, inspect.signature(version)))
    _bind(node, bound)
    text = "\n\n".join(map(ast.unparse, [*_used(module, pieces), *pieces]))
    return text.replace("from ..", "from .")


def _bind(function, bound):
    """Turn these arguments, the last ones of a function, into variables set at its beginning."""
    if bound:
        function.args.args = [arg for arg in function.args.args if arg.arg not in bound]
        function.args.defaults = function.args.defaults[: -len(bound)]
        lines = [f"{name} = {ast.unparse(value)}" for name, value in bound.items()]
        function.body = [*ast.parse("\n".join(lines)).body, *function.body]


def _entry(module, mistake, function, name):
    """The mistake's node, and what its decorator or its class of `Versions` gives it."""
    for node in module.body:
        if getattr(node, "name", None) == mistake:
            return node, *_bound(node, function, name)
        of = {item.arg: item.value for item in getattr(node, "keywords", ())}.get("of")
        if of is not None and _graded(of) == function:
            for version in node.body:
                if version.name == mistake:
                    return version, {}, _class(of)
    raise LookupError(f"{name} is not entered for {function}")


def _class(right):
    return right.id if isinstance(right, ast.Name) else None


def _graded(right):
    """The name of the function that is done right here: a string, or a class of `pieces`."""
    return getattr(pieces, right.id).function if _class(right) else right.value


def _enters(decorator):
    """Such as `@wrong("relu")`; others are part of the version."""
    return ast.unparse(decorator).partition("(")[0] in ("wrong", "right", "recognized")


def _bound(node, function, name):
    """What this function's decorator gives the mistake: `{argument: expression}`, and a class."""
    for decorator in filter(_enters, node.decorator_list):
        keywords = {item.arg: item.value for item in decorator.keywords}
        named = ast.literal_eval(keywords.pop("name", ast.Constant(node.name)))
        right = decorator.args[0]
        if (_graded(right), named) == (function, name):
            return {k: v for k, v in keywords.items() if k not in OF_THE_BANK}, _class(right)
    raise LookupError(f"{name} is not entered for {function}")


OF_THE_BANK = ("recognizes", "of_form", "words")  # what `wrong` keeps for itself


def _called_with(given, function, signature):
    """`def function(...): return _mistake(given(...))`."""
    call = f"return _mistake({given}({', '.join(signature.parameters)}))"
    return ast.parse(f"def {function}{signature}:\n    {call}").body[0]


def _used(module, pieces):
    """The definitions and imports of a module that these nodes need, in the module's order."""
    makers = {name: node for node in module.body for name in _names_made(node)}
    needed, waiting = set(), list(pieces)
    while waiting:
        for node in ast.walk(waiting.pop()):
            if isinstance(node, ast.Name) and node.id in makers and node.id not in needed:
                needed.add(node.id)
                waiting.append(makers[node.id])
    return [
        _trimmed(node, needed)
        for node in module.body
        if _names_made(node) & needed and not _names_made(node) & DECORATORS
    ]


def _names_made(node):
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {(name.asname or name.name).partition(".")[0] for name in node.names}
    if isinstance(node, ast.Assign):
        return {
            n.id for target in node.targets for n in ast.walk(target) if isinstance(n, ast.Name)
        }
    return {node.name} if isinstance(node, (ast.FunctionDef, ast.ClassDef)) else set()


def _trimmed(node, needed):
    if isinstance(node, ast.ImportFrom):
        node.names = [name for name in node.names if (name.asname or name.name) in needed]
    return node


def chapter_with(stem, source):
    """The reference's chapter with a function written once more at its end."""
    text = (SOLUTIONS / f"{stem}.py").read_text(encoding="utf-8").partition("\ndef demo():")[0]
    source = re.sub(r"from grader\.misconceptions\.reference", "from .reference", source)
    return f"{text}\n\n{source}\n"


@contextmanager
def submission(stem, texts):
    """`(workers, [stem of each version])`: the solutions, and the chapter once for each text."""
    with tempfile.TemporaryDirectory() as folder:
        for path in [*SOLUTIONS.glob("*.py"), *SHARED]:
            shutil.copy(path, folder)
        stems = [f"{stem}_{i}" for i in range(len(texts))]
        for name, text in zip(stems, texts, strict=True):
            Path(folder, f"{name}.py").write_text(text, encoding="utf-8")
        workers = Workers(Path(folder))
        try:
            yield workers, stems
        finally:
            workers.close()


def grade(workers, stem, function, *, version="", file=None, dataset=None, slips=True):
    """Run the checks of one function on a version, and diagnose what fails.

    Without `slips`, no changes of it are tried out to find the one that undoes a slip.
    """
    checked = checks.run_function(workers, stem, function, file=file, dataset=dataset)
    for call in (call for check in checked for call in check.calls):
        call.chapter = stem  # the file has another name here
    failures = {check.name: str(check.finding) for check in checked if check.finding}
    diagnoses = diagnose(misconceptions.for_function(stem, function), checked)
    if slips:
        repairs.add_slip(diagnoses, workers, stem, function, checked, file)
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


def main():
    parser = arguments.parser("tests.support.grade_versions", __doc__)
    parser.add_argument("kind", choices=["wrong", "right"])
    parser.add_argument("chapter", help="as in `grade run`")
    parser.add_argument("function", nargs="?", help="only this one's versions")
    options = parser.parse_args()
    kind, function = options.kind, options.function
    chosen, faults = arguments.chapters(parser, [options.chapter]), 0
    with processes.pool(2) as pool:
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
    processes.run(main)
