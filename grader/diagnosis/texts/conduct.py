"""Texts for what a call did besides its answer: side effects, warnings, refusals, time."""

CONDUCT: dict[str, tuple[str, str]] = {
    "argument_changed": (
        "The function writes into an array that belongs to its caller, which then goes on with "
        "changed numbers.",
        "Which line uses `+=`, `-=` or `[...] =` on an argument, or on a view of one?",
    ),
    "logarithm_of_zero": (
        "NumPy takes the logarithm of 0, which is minus infinity, and 0 times that is nan.",
        "What keeps a probability away from 0 and, for a label of 0, away from 1?",
    ),
    "exponential_overflows": (
        "np.exp overflows: for arguments above 709 (88 in float32) the result is too large.",
        "Can the formula be written so that exp only ever sees numbers up to 0?",
    ),
    "zero_divided_by_zero": (
        "Something is divided by zero, which gives nan or infinity.",
        "When does that denominator become 0, and what should the answer be then?",
    ),
    "training_diverges": (
        "The losses grow until they are nan: every step overshoots, and the next gradient is "
        "larger still.",
        "Is the gradient that of the mean, does the step go against it, and how long is it?",
    ),
    "global_random_state": (
        "The numbers come from NumPy's or Python's global random state instead of `rng`, so the "
        "same seed gives a different result each time.",
        "Which call starts with `np.random.` or `random.`, and which method of `rng` does the "
        "same?",
    ),
    "own_random_numbers": (
        "The same seed gives two different answers, so some numbers do not come from `rng`.",
        "Where do you create a second generator, or keep something from one call to the next?",
    ),
    "another_answer_each_time": (
        "The same call gives another answer when it is made once more: the answer depends on "
        "something other than the arguments.",
        "What is kept from one call to the next (a global variable, a list as a default value, an "
        "attribute of the class), or which random numbers do not come from `rng`?",
    ),
    "misfit_not_noticed": (
        "The function accepts arguments that its docstring rules out, and returns an answer.",
        "Which arguments does the docstring rule out, and where could you test for them and raise "
        "the exception that it names?",
    ),
    "misfit_returns_none": (
        "The docstring rules these arguments out. No exception is raised, and the answer is None.",
        "Does the branch for such arguments `return`, where it should `raise`?",
    ),
    "wrong_exception": (
        "It is right to refuse these arguments, but with a different exception.",
        "Which exception does the docstring name under Raises?",
    ),
    "refuses_legal_arguments": (
        "A `raise` or `assert` of your own ends the call, although these arguments are allowed.",
        "Which condition leads to that line, and is it about an argument or about a value that "
        "you computed?",
    ),
    "loops_in_python": (
        "Python goes through the numbers one by one; NumPy does the same work on whole arrays "
        "many times faster.",
        "Which loop could be one operation on an array with one more axis?",
    ),
    "never_ends": (
        "The function was still running when its time was up: it never ends, or is far too slow.",
        "Is there a loop whose condition never becomes false, or a loop over single numbers that "
        "could be one operation on arrays?",
    ),
    "prints_too_much": (
        "The call printed {size} before its time was up, and printing takes time.",
        "Which `print` is in a loop, and does anybody have to read it?",
    ),
}
