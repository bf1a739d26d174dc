"""Finds out whether a function fails because of another one, so that a mistake costs points once.

A failing call is repeated to see which of the submission's functions it enters. The reference takes
the place of those that are at fault themselves, as far as it may (see `lending.may_lend`), and the
function is graded once more. If that earns more, they are to blame. The function itself is never
replaced, nor is anything that the reference builds on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from ..course import registry, results
from ..course.places import REFERENCE
from ..submission.uses import Pair, Uses
from ..vocabulary.complaints import TIME_UP
from . import checks, evidence, lending, verdict
from .lenders import Lenders
from .lending import NOTHING, Loan

if TYPE_CHECKING:
    from data import Dataset

    from ..boundary.reply import Reply
    from ..boundary.workers import Workers
    from ..vocabulary.call import Call


class Blame:
    """Finds what a failed function fails because of, and what it earns without that."""

    def __init__(
        self, submission: Path, workers: Workers, *, seed: int, dataset: Dataset | None
    ) -> None:
        self.folder, self.lenders = Path(submission), Lenders(Path(submission), workers)
        self.seed, self.dataset = seed, dataset
        self.at_fault: dict[Pair, bool] = {}  # whether it fails by itself, if known
        self.asking: set[Pair] = set()  # whose failures are being looked into
        self.excused: dict[Pair, Loan] = {}  # functions that others were to blame for, with what
        # What was graded on the way, if its turn cannot bring more.
        self.graded: dict[Pair, tuple[results.FunctionResult, list[checks.Checked]]] = {}
        self.needs: dict[Pair, Loan] = {}  # what is known so far of those in `asking`
        self.repeated: WeakKeyDictionary[Call, Reply] = WeakKeyDictionary()
        self.repeated_heavy: dict[tuple[str, str, Loan], Reply] = {}
        self.lends = REFERENCE.is_dir() and self.folder.resolve() != REFERENCE

    def close(self) -> None:
        """End the workers that were started here."""
        self.lenders.close()

    def abandon(self) -> None:
        """End them from another thread: their calls end at once, the current one and all later."""
        self.lenders.abandon()

    def assign(
        self, stem: str, function: results.FunctionResult, checked: Sequence[checks.Checked]
    ) -> None:
        """Note how a function was graded; if it fails, fill in what it fails because of.

        checked: the outcomes of its checks, in the order of `function.checks`
        """
        pair = stem, function.name
        judged = not any(map(_time_was_up, checked))
        if judged and not function.passed:
            self.asking.add(pair)
            self._blame(pair, function, checked)
            self.asking.remove(pair)
            self.needs.pop(pair, None)
        self.at_fault[pair] = judged and not function.is_done and not self._excused(function)

    @property
    def sound(self) -> list[Pair]:
        """The functions known not to be at fault."""
        return [pair for pair, fault in self.at_fault.items() if not fault]

    def _excused(self, function):
        """True without the reference, for a function that fails because of another one."""
        return not self.lends and bool(function.because_of)

    def _blame(self, pair, function, checked):
        if self.lends and self.uses.is_stub(*pair):  # earns nothing, whatever is lent
            return
        slow, share = self._slow_part(pair, checked)
        loan, again = Loan(lent=frozenset(slow)), checked
        while (more := self._needed(pair, again, loan)) != loan or again is checked:
            loan = more
            if loan == NOTHING:
                return
            if not self.lends:
                break
            self.needs[pair] = loan
            again = self._run_with(loan, pair)
        if self.lends:
            score = _points(pair, again)
            if score <= function.score:  # the function itself is at fault
                return
            function.score = function.score_with_reference = score
            verdict.note_explained(function, checked, again)
            if not any(check.explained for check in _main_failures(function)):
                return
            loan |= self._shown(pair, evidence.helped_calls(checked, again), loan)
        elif function.works:
            return
        self.excused[pair] = loan
        function.because_of = self._guilty(pair, loan, slow)
        if slow:
            verdict.note_share(function, checked, slow[0][1], share)

    def _run_with(self, loan, pair):
        """Grade a function once more, up to the first failure if that shows that it needs more."""
        begun = self._run(pair, self._workers(pair, loan), stop=True)
        light, _ = evidence.light_and_heavy(begun)
        if light and self._needed(pair, begun, loan) != loan:
            return begun
        return self._run(pair, self._workers(pair, loan), begun=begun)

    def _workers(self, pair, loan):
        """Return workers with a loan, and with whatever else failed that the chapter uses.

        The functions of a chapter then share their workers, and a call that would meet one mistake
        after another meets none. What was of use is seen in what the call entered.
        """
        if loan == NOTHING:
            return self.lenders.own
        failed = {other for other in self._used_in(pair[0]) if self.at_fault.get(other)}
        more = frozenset(other for other in failed if lending.may_lend(other, pair))
        return self.lenders.workers(loan | Loan(lent=more), pair)

    def _used_in(self, stem):
        functions = [(stem, name) for name in registry.by_stem(stem).functions]
        return set().union(functions, *(self.uses.all(*function) for function in functions))

    def _needed(self, pair, checked, loan):
        """Return the loan with everything else that the failing calls turn out to need.

        Heavy calls are only looked into if the light ones show nothing: what is left to be found
        then fails again with the loan.
        """
        more = loan
        for calls in evidence.light_and_heavy(checked):
            while (found := more | self._shown(pair, calls, more)) != more:
                more = found
                if not self.lends:
                    break
            if more != loan:
                break
        return more

    def _shown(self, pair, calls, loan):
        """Return what these calls need next, with `loan` in place."""
        shown = NOTHING
        # A lent function enters nothing of the submission's.
        calls = [call for call in calls if (pair[0], call.name) not in loan.lent]
        for call in calls:
            shown |= self._lent_before(pair, call)
            if not self._may_show_more(pair, call, loan | shown):
                continue
            reply = self._repeated(pair, call, loan)
            if broken := self._broken_import(pair, reply):
                return shown | lending.repair(*broken)
            reached = self._reached(pair, (pair[0], call.name), reply)
            lent = {other for other in reached if self._is_at_fault(other, pair)}
            shown |= Loan(lent=frozenset(lent))
        return shown

    def _lent_before(self, pair, call):
        """Return what is known to be needed by the function that a call is about."""
        called = pair[0], call.name
        lent = (self.excused.get(called) or self.needs.get(called, NOTHING)).lent
        return Loan(lent=frozenset(o for o in lent if self._may_lend(o, pair, called)))

    def _repeated(self, pair, call, loan):
        """Return the reply to a call that is made again; one that came to its end is made once.

        Of the heavy calls of a function, one with each loan stands for all.
        """
        known: Any = self.repeated
        key: Any = call
        if not evidence.is_light(call):
            known, key = self.repeated_heavy, (pair[0], call.name, loan)
        reply = known.get(key)
        if reply is None or reply.died or reply.raised:
            reply = known[key] = evidence.repeat(self._workers(pair, loan), pair[0], call)
        return reply

    def _may_show_more(self, pair, call, loan):
        """False if everything that a call may enter is known to be right, or lent already.

        So is a function that passed all of its checks with nothing else lent. Before a heavy call
        is repeated, what is not known yet is graded: that is done only once.
        """
        if call.reply.importing or evidence.broken_import(call.reply, pair[0]):
            return True
        called = pair[0], call.name
        needed = self.excused.get(called)
        if needed and needed | loan == loan and not self.at_fault.get(called, True):
            return False
        suspect = self._may_be_at_fault if evidence.is_light(call) else self._is_at_fault
        return any(
            self._may_lend(other, pair, called) and suspect(other, pair)
            for other in sorted(self._used(called) - {pair} - loan.lent)
        )

    def _used(self, called):
        return {called, *self.uses.all(*called)}

    def _reached(self, pair, called, reply):
        """Return the functions that a call entered and that may be lent for this one's sake."""
        used = self._used(called)
        entered = dict.fromkeys(self.uses.owner(lending.original(other)) for other in reply.entered)
        reached = [other for other in entered if other in used]
        return [other for other in reached if self._may_lend(other, pair, called)]

    def _may_lend(self, other, pair, called):
        return lending.may_lend(other, pair, self.lends, by_check=other == called)

    def _broken_import(self, pair: Pair, reply: Reply) -> tuple[str, str | None] | None:
        """Return `(stem, name)` of what cannot be imported, another file's fault, or None."""
        if not (reply.died and reply.importing):
            return evidence.broken_import(reply, pair[0])
        for stem in sorted({stem for stem, _ in self._imported(pair)} - {pair[0]}):
            first = next(iter(registry.by_stem(stem).functions))
            if self._is_at_fault((stem, first), pair) and stem in self.lenders.own.unimportable:
                return stem, None
        return None

    def _is_at_fault(self, other, pair):
        """True for a function that fails by itself, or a helper of an earlier one that does.

        Two that are checked together, such as training and prediction, may each ask for the other:
        then the one that asked first counts as right.
        """
        if other in self.asking:
            return False
        return any(self._fails_by_itself(judge) for judge in self._judges(other, pair))

    def _may_be_at_fault(self, other, pair):
        """As `_is_at_fault`, but true as well for what has not been graded yet."""
        return other not in self.asking and any(
            self.at_fault.get(judge, True) for judge in self._judges(other, pair)
        )

    def _judges(self, other, pair):
        """Yield the graded functions one of which fails if this one is wrong."""
        stem, name = other
        if name in registry.by_stem(stem).functions:
            yield other
            return
        for builder in ((stem, function) for function in registry.by_stem(stem).functions):
            if lending.comes_before(builder, pair) and other in self.uses.all(*builder):
                yield builder

    def _fails_by_itself(self, other):
        if other in self.asking:
            return False
        if other not in self.at_fault:
            function, checked = verdict.grade_and_keep(
                self.lenders.own, *other, seed=self.seed, dataset=self.dataset, report_bugs=True
            )
            self.assign(other[0], function, checked)
            if function.score == function.max_score:
                self.graded[other] = function, checked
        return self.at_fault[other]

    def _slow_part(self, pair, checked):
        """Return `([function], share)`: an earlier one that takes most of a slow call's time."""
        calls = evidence.failing_calls(check for check in checked if _was_slow(check))
        used = self.uses.closure(*pair) if calls else ()
        for named, share in reversed(evidence.slow_part(calls)):
            other = self.uses.owner(named)
            if other in used and lending.may_lend(other, pair, self.lends):
                return [other], share
        return [], 0.0

    def _run(self, pair, workers, **options):
        return checks.run_function(workers, *pair, seed=self.seed, dataset=self.dataset, **options)

    def _guilty(self, pair, loan, slow):
        """Return what was lent; of a file that is only imported, what is imported from it."""
        guilty = set(loan.lent)
        for stem in loan.unusable - {stem for stem, _ in guilty}:
            guilty |= {(other, name) for other, name in self._imported(pair) if other == stem}
        guilty |= loan.missing if not guilty else set()
        return [
            results.Blamed(
                registry.by_stem(other[0]).id,
                other[1],
                other in slow and not self._is_at_fault(other, pair),
            )
            for other in sorted(guilty)
        ]

    def _imported(self, pair):
        return self.uses.all(*pair) | set(self.uses.imports[pair[0]].values())

    @cached_property
    def uses(self) -> Uses:
        return self.lenders.uses


def _points(pair, checked):
    passed = {check.name for check in checked if check.finding is None}
    return registry.total(c.points for c in checks.for_function(*pair) if c.name in passed)


def _main_failures(function):
    """Return what keeps a function from working, or what is left to finish if it works."""
    return [check for check in function.failing if check.kind == "value"] or function.failing


def _time_was_up(check):
    return check.finding is not None and check.finding.headline == TIME_UP


def _was_slow(check):
    return bool(check.finding and check.finding.kind in verdict.SLOW)
