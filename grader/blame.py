"""Whose fault it is: a function may fail because one that it uses, of an earlier chapter, does.

What uses what is read off the submission's own text, by patterns: nothing of it is run or parsed
here. Where the reference is at hand, a function with failing prerequisites is graded once more
with the reference's earlier chapters, so that an early mistake costs once.
"""

import itertools
import re
import shutil
import tempfile
from functools import cached_property
from pathlib import Path

from . import checks, mirror, registry, results
from .student import Workers

REFERENCE = Path(__file__).resolve().parent.parent / "solutions"
LARGEST_FILE = 2**18  # bytes of a submission's file that are looked at
LONGEST_SIGNATURE = 2000  # characters

IMPORT = re.compile(
    r"^[ \t]*from[ \t]+(?:\.|exercises\.)?(ch\d+_\d+_\w{1,50}|neural_network)"
    r"[ \t]+import[ \t]+(\([^)]{1,2000}\)|[^\n#]*)",
    re.M,
)
DEFINITION = re.compile(r"^(?:async )?(?:def|class)[ \t]+(\w+)", re.M)
NO_CODE = re.compile(  # strings, docstrings among them, and comments
    r"""\"{3}[\s\S]*?\"{3}|'{3}[\s\S]*?'{3}|"[^"\n]*"|'[^'\n]*'|#[^\n]*"""
)
SCRIPT = re.compile(r"^if __name__\b.*(\n[ \t].*)*", re.M)  # what runs as a script only
COLON = re.compile(r":[^\n]*\n")
BLOCK_END = re.compile(r"^\S", re.M)
WORD = re.compile(r"[A-Za-z_]\w*")


class Blame:
    """The prerequisites of a submission's functions, and what becomes of them."""

    def __init__(self, submission, workers, *, seed, dataset, strict=False):
        """`strict`: the reference stands in only for functions that passed a check of their own."""
        self.folder = Path(submission)
        self.workers, self.seed, self.dataset, self.strict = workers, seed, dataset, strict
        self.statuses = {}  # (stem, function): status, as far as it is known
        self.earning = set()  # (stem, function): those that passed a check

    def note(self, stem, function):
        """Remember how a function of this run was graded."""
        self.statuses[stem, function["name"]] = function["status"]
        if function["score"]:
            self.earning.add((stem, function["name"]))

    def assign(self, stem, function):
        """Fill in a failed function's `because_of` and `score_with_reference`."""
        guilty = self._failing_prerequisites(stem, function["name"])
        if not guilty:
            return
        earlier = [(other, name) for other, name in guilty if other != stem]
        if earlier and self._may_lend(earlier):
            score = self._score_with_reference(stem, function)
            function["score_with_reference"] = score
            if score <= function["score"]:  # the fault is its own, whatever the others have
                guilty = [pair for pair in guilty if pair not in earlier]
            else:
                function["score"] = score
        function["because_of"] = [
            {"id": registry.by_stem(other).id, "name": name} for other, name in guilty
        ]

    def _may_lend(self, guilty):
        if not REFERENCE.is_dir() or self.folder.resolve() == REFERENCE:
            return False
        return not self.strict or self.earning.issuperset(guilty)

    def _failing_prerequisites(self, stem, name):
        """`[(stem, function)]` that fail, less those that fail because of another one here."""
        if not self._written(stem, name) or stem in self.workers.unimportable:
            return []  # where the file cannot be imported, that is the fault of all in it
        needed = self.uses.closure(stem, name)
        failing = [pair for pair in sorted(needed) if self._status(*pair) != "passed"]
        return [
            pair
            for pair in failing
            if not any(other in self.uses.closure(*pair) for other in failing if other != pair)
        ]

    def _written(self, stem, name):
        return "NotImplementedError" not in self.uses.text(stem, name)

    def _status(self, stem, name):
        if (stem, name) not in self.statuses:
            checked = checks.run_function(
                self.workers,
                stem,
                name,
                seed=self.seed,
                dataset=self.dataset,
                stop=not self.strict,
            )
            if not all(check.finding for check in checked):
                self.earning.add((stem, name))
            self.statuses[stem, name] = results.worst(
                check.finding.status if check.finding else "passed" for check in checked
            )
        return self.statuses[stem, name]

    def _score_with_reference(self, stem, function):
        with tempfile.TemporaryDirectory() as folder:
            _lay_over(self.folder, stem, Path(folder))
            workers = Workers(Path(folder), self.workers.isolation, until=self.workers.until)
            try:
                checked = checks.run_function(
                    workers, stem, function["name"], seed=self.seed, dataset=self.dataset
                )
            finally:
                workers.close()
        passed = {check.name for check in checked if check.finding is None}
        return float(sum(c.points for c in checks.of(stem, function["name"]) if c.name in passed))

    @cached_property
    def uses(self):
        return Uses(self.folder)


class Uses:
    """Which graded functions each function of a submission uses, itself or through others."""

    def __init__(self, folder):
        self.graded = {chapter.stem: set(chapter.functions) for chapter in registry.chapters()}
        self.texts = {stem: _read(folder / f"{stem}.py") for stem in self.graded}
        self.imports = {stem: _imports(text, stem) for stem, text in self.texts.items()}
        self.blocks = {stem: blocks(text) for stem, text in self.texts.items()}
        self.outside = {
            stem: {word for text in blocks[None] for word in WORD.findall(text)}
            for stem, blocks in self.blocks.items()
        }

    def text(self, stem, name):
        """The function's own lines; of several of that name, the last."""
        return self.blocks[stem].get(name, [""])[-1]

    def closure(self, stem, name):
        """Every graded `(stem, function)` that this one needs, without itself."""
        found, waiting = set(), [(stem, name)]
        while waiting:
            for pair in self.direct(*waiting.pop()) - found:
                found.add(pair)
                waiting.append(pair)
        return {(s, n) for s, n in found if n in self.graded[s] and (s, n) != (stem, name)}

    def direct(self, stem, name):
        """What the text of a function, or of the file outside of functions, names."""
        blocks, imported = self.blocks[stem], self.imports[stem]
        words = self.outside[stem] | set(WORD.findall(self.text(stem, name)))
        here = {(stem, word) for word in words & blocks.keys() if word != name}
        return here | {imported[word] for word in words & imported.keys() if word not in blocks}


def _read(path):
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST_FILE).decode("utf-8", "replace")
    except OSError:
        return ""
    return SCRIPT.sub("", NO_CODE.sub("''", text))


def _imports(text, stem):
    """`{local name: (stem, function)}` of the graded functions imported from other chapters."""
    found = {}
    for source, names in IMPORT.findall(text):
        offered = _functions_of(source, stem)
        for name in names.strip("() \t").split(","):
            original, _, local = (part.strip() for part in name.partition(" as "))
            if original == "*":
                found |= offered
            elif original in offered:
                found[local or original] = offered[original]
    return found


def _functions_of(source, stem):
    """`{function: (stem, function)}` that a chapter's file offers, or `neural_network.py`."""
    chapters = registry.chapters()
    if source == "neural_network":  # of a name defined twice it has the later one
        chapters = itertools.takewhile(lambda chapter: chapter.stem != stem, chapters)
    else:
        chapters = [chapter for chapter in chapters if chapter.stem == source]
    return {name: (chapter.stem, name) for chapter in chapters for name in chapter.functions}


def blocks(text):
    """`{name: [texts]}` of the functions at the left margin; None: what is outside of them."""
    found, outside, end = {}, [], 0
    for match in DEFINITION.finditer(text):
        if match.start() < end:
            continue
        outside.append(text[end : match.start()])
        after = BLOCK_END.search(text, _signature_end(text, match.end()))
        end = after.start() if after else len(text)
        found.setdefault(match[1], []).append(text[match.end() : end])
    outside.append(text[end:])
    found[None] = [IMPORT.sub("", part) for part in outside]
    return found


def _signature_end(text, start):
    """Behind the first line that ends in a colon: a signature may go over several lines."""
    match = COLON.search(text, start, start + LONGEST_SIGNATURE)
    return match.end() if match else start


def _lay_over(folder, stem, target):
    """The submission with the reference's chapters before this one."""
    for path in sorted(folder.glob("*.py")):
        if path.is_file() and path.stat().st_size <= LARGEST_FILE:
            shutil.copyfile(path, target / path.name)
    mirror.add_whole(target)
    for chapter in registry.chapters():
        if chapter.stem == stem:
            break
        shutil.copyfile(REFERENCE / f"{chapter.stem}.py", target / f"{chapter.stem}.py")
