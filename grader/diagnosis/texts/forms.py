"""Texts for an answer of the wrong type, shape, length or dtype."""

FORMS: dict[str, tuple[str, str]] = {
    "nothing_returned": (
        "The function ends without a `return`, so it returns None.",
        "Which line should return the result? (`print` only shows it.)",
    ),
    "list_for_an_array": (
        "The answer is a list or tuple of numbers instead of a NumPy array.",
        "What turns a list into an array? Or could one operation on whole arrays replace the loop?",
    ),
    "list_among_the_parts": (
        "One part of the answer is a list or tuple, and should be a NumPy array.",
        "Are the parts in the order of the docstring, and is this one turned into an array?",
    ),
    "number_for_an_array": (
        "The answer is a single number instead of an array.",
        "Which step leaves only one number: a sum or mean over everything, or an index?",
    ),
    "parts_for_an_array": (
        "The answer is a list or tuple of several arrays, but should be one array.",
        "Which of them does the docstring ask for?",
    ),
    "parts_for_a_number": (
        "The answer has several parts, but should be one number.",
        "Which of the parts does the docstring ask for?",
    ),
    "array_for_a_number": (
        "The answer is an array instead of one number.",
        "What still has to be summed or averaged, and over which axis?",
    ),
    "parts_missing": (
        "The answer has {got_parts} parts instead of {want_parts}.",
        "Which of the parts that the docstring lists under Returns is missing?",
    ),
    "parts_in_another_order": (
        "The parts of the answer come in another order: one {got_type} stands where {want_parts} "
        "parts belong.",
        "In what order does the docstring list them?",
    ),
    "parts_not_separate": (
        "The answer is one {got_type}, but should be {want_parts} separate parts.",
        "How does `return` give back several values?",
    ),
    "parts_too_many": (
        "The answer has {got_parts} parts instead of {want_parts}.",
        "Which part does the docstring not list under Returns?",
    ),
    "flat_vector": (
        "{part} has shape {got_shape} but should have {want_shape}: an axis of length 1 is "
        "missing, and NumPy broadcasts the two differently.",
        "Which indexing, sum or ravel drops the axis, and how can you keep it?",
    ),
    "axis_kept": (
        "{part} has shape {got_shape} but should have {want_shape}: an axis of length 1 is "
        "left over.",
        "Which sum keeps its axis, or which array already had an axis too many?",
    ),
    "axes_exchanged": (
        "{part} has shape {got_shape} but should have {want_shape}: the axes are swapped.",
        "At which line do the axes change places: a transpose, a reshape, or the order of two "
        "factors?",
    ),
    "wrong_reshape": (
        "{part} has shape {got_shape} but should have {want_shape}, with the same numbers in "
        "the same order.",
        "Which size should each axis have, and what do you pass to `reshape`?",
    ),
    "shape_of_an_argument": (
        "{part} has shape {got_shape}, as {argument} does, but should have {want_shape}.",
        "A gradient has the shape of what it belongs to: which array is this one the gradient of, "
        "and in what order do the parts come?",
    ),
    "wrong_axis": (
        "{part} has shape {got_shape} but should have {want_shape}, as from a sum, mean or "
        "maximum over another axis.",
        "Which axis runs over the examples, and which one should be left at the end?",
    ),
    "off_by_one": (
        "{part} has shape {got_shape} but should have {want_shape}: one too many or too few.",
        "Count on paper for a small case: where does the first one start and the last one end?",
    ),
    "one_too_many": (
        "{part} has {got_length} entries but should have {want_length}: one too many.",
        "What do you append before or after the loop?",
    ),
    "one_too_few": (
        "{part} has {got_length} entries but should have {want_length}: one too few.",
        "Which round of the loop appends nothing, the first or the last?",
    ),
    "float32_not_kept": (
        "The input is float32 but the answer is float64: twice the memory and half the speed.",
        "Which of your arrays or constants is float64: one from np.zeros, np.eye, or a cast?",
    ),
    "float64_not_kept": (
        "The answer is float32 instead of float64, and keeps about 7 digits instead of 16.",
        "Which line casts to float32, or creates an array of that dtype?",
    ),
    "integers_not_converted": (
        "The answer holds integers, or True and False, instead of floats.",
        "What dtype does the array that you write into or return have?",
    ),
    "narrow_float": (
        "The answer is float16, which keeps only three digits.",
        "Which line casts to float16, and why?",
    ),
    "floats_for_integers": (
        "The answer holds floats instead of integers.",
        "What dtype does the array you count in have?",
    ),
}
