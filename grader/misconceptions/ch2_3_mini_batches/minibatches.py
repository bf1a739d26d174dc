"""Wrong `minibatches`."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

from itertools import pairwise

import numpy as np

from .. import Versions, recognized


class _Epoch:
    """The batches of an answer: their sizes, and which example is in each of their rows."""

    def __init__(self, answer, X, y):
        pairs = [(np.asarray(X_batch), np.asarray(y_batch)) for X_batch, y_batch in answer]
        self.sizes = [len(X_batch) for X_batch, _ in pairs]
        assert self.sizes == [len(y_batch) for _, y_batch in pairs]
        self.X_order = _numbers(np.concatenate([X_batch for X_batch, _ in pairs]), X)
        self.y_order = _numbers(np.concatenate([y_batch for _, y_batch in pairs]), y)
        self.together = np.array_equal(self.X_order, self.y_order)
        starts = np.cumsum([0, *self.sizes])
        self.batches = [self.X_order[a:b].tolist() for a, b in pairwise(starts)]


def _numbers(rows, whole):
    """The positions of these rows in `whole`."""
    places = {row.tobytes(): i for i, row in enumerate(whole)}
    assert len(places) == len(whole)
    return np.array([places[row.astype(whole.dtype).tobytes()] for row in rows])


def _sizes(n, batch_size):
    return [min(batch_size, n - start) for start in range(0, n, batch_size)]


def _even_sizes(n, parts):
    return [len(part) for part in np.array_split(np.arange(n), parts) if len(part)]


def _is_whole(order, n):
    return np.array_equal(np.sort(order), np.arange(n))


def _kept_in_order(answer, X, y, batch_size, rng):
    order = np.arange(len(X))
    epoch = _Epoch(answer, X, y)
    return len(X) > 11 and np.array_equal(epoch.X_order, order) and epoch.together


def _shuffled_apart(answer, X, y, batch_size, rng):
    """All rows of both are there, each shuffled, but they do not match."""
    epoch, n = _Epoch(answer, X, y), len(X)
    moved = [not np.array_equal(order, np.arange(n)) for order in (epoch.X_order, epoch.y_order)]
    whole = _is_whole(epoch.X_order, n) and _is_whole(epoch.y_order, n)
    return whole and not epoch.together and (all(moved) or n < 4)


def _one_shuffled(answer, X, y, batch_size, rng):
    epoch, n = _Epoch(answer, X, y), len(X)
    moved = [not np.array_equal(order, np.arange(n)) for order in (epoch.X_order, epoch.y_order)]
    whole = _is_whole(epoch.X_order, n) and _is_whole(epoch.y_order, n)
    return whole and sum(moved) == 1


def _rest_dropped(answer, X, y, batch_size, rng):
    n = len(X)
    if n < batch_size:
        return len(answer) == 0
    epoch = _Epoch(answer, X, y)
    return n % batch_size and epoch.sizes == [batch_size] * (n // batch_size)


def _drawn_again(answer, X, y, batch_size, rng):
    """Some examples occur twice and others not at all."""
    epoch = _Epoch(answer, X, y)
    distinct = len(set(epoch.X_order.tolist()))
    some = epoch.together and distinct < min(len(X), len(epoch.X_order))
    return some and not _begin_one_apart(answer, X, y, batch_size, rng)


def _begin_one_apart(answer, X, y, batch_size, rng):
    """Each batch is the one before without its first example, and with a new one at its end."""
    epoch = _Epoch(answer, X, y)
    pairs = [(one, other) for one, other in pairwise(epoch.batches) if len(one) > 1]
    apart = bool(pairs) and all(a[1:] == b[: len(a) - 1] for a, b in pairs)
    return apart and epoch.together and 1 < batch_size >= max(epoch.sizes)


def _filled_up(answer, X, y, batch_size, rng):
    """Every example is there, and some once more to make the last batch a full one."""
    epoch = _Epoch(answer, X, y)
    full = len(X) % batch_size and set(epoch.sizes) == {batch_size}
    return full and len(set(epoch.X_order.tolist())) == len(X)


def _cut_before(answer, X, y, batch_size, rng):
    """Each batch holds neighbors, in one order or another."""
    epoch = _Epoch(answer, X, y)
    spans = [max(batch) - min(batch) + 1 == len(batch) for batch in epoch.batches]
    in_order = np.array_equal(epoch.X_order, np.arange(len(X)))
    whole = _is_whole(epoch.X_order, len(X)) and epoch.together
    return len(spans) > 3 and batch_size > 3 and all(spans) and whole and not in_order


def _split_evenly(answer, X, y, batch_size, rng):
    sizes, n = _Epoch(answer, X, y).sizes, len(X)
    even, other = _even_sizes(n, -(-n // batch_size)), _even_sizes(n, batch_size)
    return sizes == even != _sizes(n, batch_size) and sizes != other


def _as_many_batches(answer, X, y, batch_size, rng):
    n = len(X)
    even, other = _even_sizes(n, batch_size), _even_sizes(n, -(-n // batch_size))
    sizes = [len(X_batch) for X_batch, _ in answer if len(X_batch)]
    return batch_size > 1 and sizes == even not in (_sizes(n, batch_size), other)


def _own_batch_size(answer, X, y, batch_size, rng):
    sizes, n = _Epoch(answer, X, y).sizes, len(X)
    other = sizes != _sizes(n, batch_size) and sizes in (_sizes(n, 32), [n])
    return batch_size > 1 and other and not _rest_joined(answer, X, y, batch_size, rng)


def _rest_joined(answer, X, y, batch_size, rng):
    """The last batch is a full one with the remainder added to it."""
    full, rest = divmod(len(X), batch_size)
    sizes = _Epoch(answer, X, y).sizes
    return full and rest and sizes == [*[batch_size] * (full - 1), batch_size + rest]


def _one_short_each(answer, X, y, batch_size, rng):
    sizes, wanted = [len(X_batch) for X_batch, _ in answer], _sizes(len(X), batch_size)
    return batch_size > 1 and sizes == [min(batch_size - 1, n) for n in wanted] != wanted


def _single_batch(answer, X, y, batch_size, rng):
    """One batch, alone or in a list, although there should be several."""
    if len(X) <= batch_size:
        return False
    if len(answer) == 1:
        return len(answer[0][0]) == batch_size
    X_batch, y_batch = (np.asarray(part) for part in answer)
    return X_batch.shape[1:] == X.shape[1:] and len(X_batch) == len(y_batch) <= batch_size


def _at_every_position(answer, X, y, batch_size, rng):
    sizes, n = [len(X_batch) for X_batch, _ in answer], len(X)
    return batch_size > 1 and n > 2 and sizes == [min(batch_size, n - i) for i in range(n)]


def _labels_first(answer, X, y, batch_size, rng):
    epoch = _Epoch([(X_batch, y_batch) for y_batch, X_batch in answer], X, y)
    return len(epoch.X_order) and epoch.together


def _seeded_by_itself(answer, X, y, batch_size, rng):
    order, n = _Epoch(answer, X, y).X_order, len(X)
    orders = [np.random.default_rng(seed).permutation(n) for seed in (0, 42, 123, 1234, 1)]
    given = np.array_equal(order, rng.permutation(n))
    return n > 11 and not given and any(np.array_equal(order, own) for own in orders)


def _order(X, y, rng):
    if len(X) != len(y):
        raise ValueError(f"{len(X)} examples, {len(y)} labels")
    return rng.permutation(len(X))


def _cut(X, y, batch_size):
    starts = range(0, len(X), batch_size)
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in starts]


def _empty_batch(answer, X, y, batch_size, rng):
    return len(answer[-1][0]) == 0 and sum(len(part) for part, _ in answer) == len(X)


def _overlapping(answer, X, y, batch_size, rng):
    epoch = _Epoch(answer, X, y)
    return (
        epoch.together
        and all(a[-1] == b[0] for a, b in pairwise(epoch.batches)) > 0
        and (epoch.sizes[0] == batch_size + 1)
    )


class WrongMinibatches(Versions, of="minibatches"):
    @recognized(_kept_in_order)
    def not_shuffled(X, y, batch_size, rng):
        """Your batches hold the examples in their original order. If the data is sorted, say all
        zeros before all ones, each batch shows the network only one side of the story.

        What is `rng` for, and which of its methods puts numbers into a random order?"""
        _order(X, y, rng)
        return _cut(X, y, batch_size)

    @recognized(_shuffled_apart)
    def x_and_y_shuffled_apart(X, y, batch_size, rng):
        """You shuffled X and y separately, so the labels no longer belong to their examples.

        How can you use the same random order for two arrays?"""
        return _cut(X[_order(X, y, rng)], y[_order(X, y, rng)], batch_size)

    @recognized(_one_shuffled)
    def only_one_of_them_shuffled(X, y, batch_size, rng):
        """You shuffled only one of X and y, so the labels no longer belong to their examples.

        Which two arrays must be put into the new order?"""
        return _cut(X[_order(X, y, rng)], y, batch_size)

    @recognized(_empty_batch)
    def empty_batch_at_the_end(X, y, batch_size, rng):
        """When the batch size divides the number of examples, you add one more batch with nothing
        in it. The mean loss of no examples is nan.

        How many batches of 3 do 12 examples make, and how many does your loop cut?"""
        order = _order(X, y, rng)
        starts = [i * batch_size for i in range(len(X) // batch_size + 1)]
        return [(X[order[i : i + batch_size]], y[order[i : i + batch_size]]) for i in starts]

    @recognized(_rest_dropped)
    def last_batch_dropped(X, y, batch_size, rng):
        """Examples are missing: you drop what does not fill a batch. The last one may be shorter.

        With 23 examples in batches of 5, where does the last one start? Does your loop get there?
        """
        order = _order(X, y, rng)
        return _cut(X[order], y[order], batch_size)[: len(X) // batch_size]

    @recognized(_drawn_again)
    def examples_drawn_anew_for_each_batch(X, y, batch_size, rng):
        """You draw each batch from all examples, so in one epoch some come twice and others never.

        If you shuffle a deck of cards once and deal it out, can a card come twice?"""
        _order(X, X, rng)
        if len(X) != len(y):
            raise ValueError("lengths differ")
        draws = [rng.choice(len(X), size) for size in _sizes(len(X), batch_size)]
        return [(X[draw], y[draw]) for draw in draws]

    @recognized(_filled_up)
    def last_batch_filled_up(X, y, batch_size, rng):
        """You filled up the last batch with examples that had already been used. Every example
        should come once per epoch, and the last batch may be shorter.

        Which examples would count twice in your epoch?"""
        order = _order(X, y, rng)
        order = np.resize(order, len(_sizes(len(X), batch_size)) * batch_size)
        return _cut(X[order], y[order], batch_size)

    @recognized(_cut_before)
    def cut_before_shuffling(X, y, batch_size, rng):
        """You cut the data into batches first and shuffled afterward, so neighbors stay together:
        the same examples meet in one batch in every epoch.

        Which should come first, shuffling all the examples or cutting them?"""
        _order(X, y, rng)
        batches = _cut(X, y, batch_size)
        return [batches[i] for i in rng.permutation(len(batches))]

    @recognized(_split_evenly)
    def batches_of_equal_size(X, y, batch_size, rng):
        """You split the examples into parts of nearly equal size. Each batch should hold batch_size
        examples, and only the last may be shorter.

        With 6 examples and a batch size of 4: how large should the two batches be?"""
        order = _order(X, y, rng)
        parts = np.array_split(order, -(-len(X) // batch_size))
        return [(X[part], y[part]) for part in parts]

    @recognized(_as_many_batches)
    def batch_size_taken_as_number_of_batches(X, y, batch_size, rng):
        """You made batch_size batches. batch_size is the number of examples in each batch.

        How many batches are there for 12 examples and a batch size of 3?"""
        parts = np.array_split(_order(X, y, rng), batch_size)
        return [(X[part], y[part]) for part in parts]

    @recognized(_rest_joined)
    def rest_joins_the_last_batch(X, y, batch_size, rng):
        """What does not fill a batch joins the last full one, which is then too large. The
        remainder is a batch of its own, a shorter one.

        For 7 examples in batches of 3, which sizes should the batches have, and which do yours?"""
        order = _order(X, y, rng)
        batches = _cut(X[order], y[order], batch_size)
        if len(batches) < 2 or len(X) % batch_size == 0:
            return batches
        *first, one, rest = batches
        return [*first, tuple(np.concatenate(parts) for parts in zip(one, rest, strict=True))]

    @recognized(_own_batch_size)
    def batch_size_ignored(X, y, batch_size, rng):
        """Your batches do not have the requested size, but a fixed one, or all the data.

        Where does your function use `batch_size`?"""
        order = _order(X, y, rng)
        return _cut(X[order], y[order], 32)

    @recognized(_one_short_each)
    def slice_one_short(X, y, batch_size, rng):
        """Each batch lacks one example: a slice already ends before its second number.

        How many entries does `a[0:5]` have?"""
        order = _order(X, y, rng)
        batches = _cut(X[order], y[order], batch_size)
        size = batch_size - 1
        return [(X_batch[:size], y_batch[:size]) for X_batch, y_batch in batches]

    @recognized(_at_every_position)
    def a_batch_at_every_position(X, y, batch_size, rng):
        """There are as many batches as examples: a new one begins at every position, so they
        overlap, and most examples come several times.

        Where should the second batch begin if the first holds batch_size examples?"""
        order = _order(X, y, rng)
        return [(X[order[i : i + batch_size]], y[order[i : i + batch_size]]) for i in range(len(X))]

    @recognized(_single_batch, of_form=True)
    def one_batch_instead_of_an_epoch(X, y, batch_size, rng):
        """You returned a single batch. The answer should be all the batches of one epoch, one after
        the other, so that a loop over them sees every example.

        Where is your `return`, and what would `yield` do in its place?"""
        order = _order(X, y, rng)[:batch_size]
        return X[order], y[order]

    @recognized(_labels_first)
    def labels_before_inputs(X, y, batch_size, rng):
        """Your pairs hold the labels first and the inputs second, not (X_batch, y_batch).

        In which order does a loop `for X_batch, y_batch in ...` unpack your pairs?"""
        order = _order(X, y, rng)
        return [(y_batch, X_batch) for X_batch, y_batch in _cut(X[order], y[order], batch_size)]

    @recognized(_seeded_by_itself)
    def generator_of_its_own(X, y, batch_size, rng):
        """Your function creates a generator with a fixed seed, so the same order comes every time,
        in every epoch and whatever `rng` the caller passes.

        Which generator should the random numbers come from?"""
        order = _order(X, y, np.random.default_rng(0))
        return _cut(X[order], y[order], batch_size)

    def callers_arrays_shuffled(X, y, batch_size, rng):
        """Your batches are right, but you shuffled the caller's X and y themselves.

        Does your way of shuffling write into X, or does it create a new array?"""
        order = _order(X, y, rng)
        X[:], y[:] = X[order], y[order]
        return _cut(X, y, batch_size)

    def lengths_not_compared(X, y, batch_size, rng):
        """X and y have different lengths: some examples have no label, or some labels no example.

        What can you compare before you cut, and what should happen if it differs?"""
        order = rng.permutation(len(X))
        return _cut(X[order], y[order], batch_size)

    def examples_flattened(X, y, batch_size, rng):
        """Your batches hold flat rows. Each example should keep its shape: an image stays an image.

        Which `reshape` changes X, and what does X[i] look like before and after?"""
        if len(X) != len(y):
            raise ValueError("n")
        order, X = rng.permutation(len(X)), X.reshape(len(X), -1)
        places = [order[i : i + batch_size] for i in range(0, len(X), batch_size)]
        return [(X[batch], y[batch]) for batch in places]

    @recognized(_begin_one_apart)
    def batches_begin_one_apart(X, y, batch_size, rng):
        """Each of your batches begins just one example after the one before, so they overlap, and
        the last examples never come.

        What does your loop count, batches or examples? With batches of 5, where does the second
        one begin?"""
        order = _order(X, y, rng)
        draws = [order[i : i + batch_size] for i in range(len(_sizes(len(X), batch_size)))]
        return [(X[draw], y[draw]) for draw in draws]

    @recognized(_overlapping)
    def batches_overlap(X, y, batch_size, rng):
        """Your batches hold one example too many: the last of one is also the first of the next.

        In `a[i:j]`, does the entry at j belong to the slice?"""
        if len(X) != len(y):
            raise ValueError("n")
        order = rng.permutation(len(X))
        places = [order[i : i + batch_size + 1] for i in range(0, len(X), batch_size)]
        return [(X[batch], y[batch]) for batch in places]
