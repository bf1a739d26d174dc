"""Wrong `grid_search`."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

from itertools import pairwise

import numpy as np

from .. import Versions


def _searched_from(best, lowest, loss, candidates):
    for candidate in candidates:
        if loss(candidate) < lowest:
            best, lowest = candidate, loss(candidate)
    return best


class WrongGridSearch(Versions, of="grid_search"):
    def loss_instead_of_candidate(loss, candidates):
        """You returned the lowest loss. The answer should be the candidate that has it.

        When you find a lower loss than before, which two things do you need to remember?"""
        return min(loss(candidate) for candidate in candidates)

    def highest_loss(loss, candidates):
        """You returned the candidate with the highest loss, which is the worst one.

        Does a good candidate have a large or a small loss?"""
        return max(candidates, key=loss)

    def position_instead_of_candidate(loss, candidates):
        """You returned the position of the best candidate, not the candidate itself.

        How do you get from a position to what is stored there?"""
        return int(np.argmin([loss(candidate) for candidate in candidates]))

    def first_candidate(loss, candidates):
        """You returned the first candidate. Either `return` is inside the loop, so that the
        function ends before it has seen the others, or no other candidate ever counts as better.

        How often does your loop run, and which number is each loss compared with?"""
        return candidates[0]

    def best_loss_not_remembered(loss, candidates):
        """You compare every candidate with the loss of the first one, because you never update the
        best loss so far: the last candidate that beats the first one wins.

        When you find a better candidate, what has to change in addition to the candidate?"""
        best = candidates[0]
        for candidate in candidates[1:]:
            if loss(candidate) < loss(candidates[0]):
                best = candidate
        return best

    def last_candidate(loss, candidates):
        """You returned the last candidate. Either each candidate replaces the one before, whatever
        its loss, or you never update the best loss and every candidate beats the start value.

        When you find a better candidate, which two things must you remember, and only when?"""
        return candidates[-1]

    def none_for_any_candidates(loss, candidates):
        """You returned None. Either there is no `return` at the end, or no candidate ever counts as
        better than what the search starts with.

        Print the candidate and its loss where your code accepts a new best one: how often does it
        get there? And what is the last line of your function?"""
        return None

    def smallest_candidate(loss, candidates):
        """You compared the candidates themselves and returned the smallest. Compare their losses.

        Where in your function do you call `loss`?"""
        return min(candidates)

    def best_loss_starts_too_low(loss, candidates):
        """Your search starts with a best loss that looks large, but every loss here is larger
        still: no candidate beats it, and None comes back.

        Which number is above every loss? Or: which candidate could you start from?"""
        return _searched_from(None, 1e9, loss, candidates)

    def best_loss_starts_at_zero(loss, candidates):
        """Your search starts with a best loss of 0, and no loss here is below that: you never
        accept a candidate, and None comes back.

        Which number is above every loss? Or: which candidate could you start from?"""
        return _searched_from(None, 0.0, loss, candidates)

    def first_loss_taken_for_zero(loss, candidates):
        """Your search starts from the first candidate but with a best loss of 0, not with the loss
        of that candidate. No loss here is below 0, so nothing ever replaces it.

        Which loss belongs to the candidate that you start from?"""
        return _searched_from(candidates[0], 0.0, loss, candidates)

    def candidates_sorted_in_place(loss, candidates):
        """Your answer is right, but `sort` has reordered the caller's list.

        Do you need all candidates in order if you only want the best one?"""
        candidates.sort(key=loss)
        return candidates[0]

    def stops_at_the_first_rise(loss, candidates):
        """Your search ends as soon as the next candidate is worse. There may be a better one
        further on: brute force tries them all.

        What ends your loop early?"""
        for candidate, following in pairwise(candidates):
            if loss(following) > loss(candidate):
                return candidate
        return candidates[-1]

    def candidate_and_loss(loss, candidates):
        """You returned the best candidate with its loss. The answer should be the candidate alone.

        What would someone who writes `W = grid_search(loss, candidates)` get?"""
        best = min(candidates, key=loss)
        return best, loss(best)

    def last_candidate_not_tried(loss, candidates):
        """You never tried the last candidate: your loop ends one too early.

        Which numbers does your `range` count for five candidates?"""
        return min(candidates[:-1] or candidates, key=loss)

    def size_of_the_loss(loss, candidates):
        """You compared the absolute values of the losses. A loss of -900 is lower than a loss of 1.

        Which of the losses -3, 1 and 2 is the lowest?"""
        return min(candidates, key=lambda candidate: abs(loss(candidate)))

    def compared_with_the_one_before(loss, candidates):
        """You compare each candidate with the one before it, not with the best so far. The last one
        that is better than its neighbor wins.

        Which loss does your loop remember from one round to the next?"""
        best = candidates[0]
        for candidate, following in pairwise(candidates):
            if loss(following) < loss(candidate):
                best = following
        return best

    def first_better_candidate(loss, candidates):
        """You return the first candidate that beats the one you start from. A later one may be
        better still: brute force tries them all.

        Which line ends your loop, and is it reached before all candidates were tried?"""
        for candidate in candidates[1:]:
            if loss(candidate) < loss(candidates[0]):
                return candidate
        return candidates[0]

    def last_of_equal_candidates(loss, candidates):
        """Several candidates have the lowest loss, and you return the last of them. The docstring
        asks for the first.

        Do you compare with `<=`, or does a dictionary keep only the last candidate of each loss?"""
        best, lowest = None, np.inf
        for candidate in candidates:
            value = loss(candidate)
            if value <= lowest:
                best, lowest = candidate, value
        return best

    def losses_cut_to_integers(loss, candidates):
        """You compare the losses without their decimals: 0.9 and 0.1 count as equal.

        Which `int` or `//` is on the way from `loss` to your comparison?"""
        return min(candidates, key=lambda candidate: int(loss(candidate)))
