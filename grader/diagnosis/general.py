"""The texts of explanations that do not depend on the function: rules between the numbers, and the
kind of failure.

`GENERAL[name]` is `(what happened, a question)`; `diagnosis` fills in the fields in braces.
"""

GENERAL: dict[str, tuple[str, str]] = {
    # The numbers follow a rule: `{part}` names the part of the answer, `{ratio}` is got / expected.
    "sign_flipped": (
        "{part} has the wrong sign: {got} instead of {expected}.",
        "Which difference or which minus sign is the wrong way around?",
    ),
    "mean_not_taken": (
        "{part} is exactly {n} times too large, and there are {n} examples: it is a sum over the "
        "examples instead of their mean.",
        "Where does the 1/n of the mean enter your formula?",
    ),
    "mean_taken_twice": (
        "{part} is exactly {n} times too small, and there are {n} examples: it is divided by "
        "their number once too often.",
        "At which two places do you divide by the number of examples?",
    ),
    "divided_by_the_wrong_size": (
        "{part} is {ratio} times the expected value, which happens when you divide by the wrong "
        "size of an array, or leave out a division.",
        "Is the mean taken over the examples, the columns, or all the entries?",
    ),
    "factor_2_too_many": (
        "{part} is exactly twice the expected value.",
        "Which 2 does not belong in your formula, or which term is counted twice?",
    ),
    "factor_2_missing": (
        "{part} is exactly half the expected value.",
        "Where does a 1/2 come in or, if this is a derivative, where did a 2 get lost?",
    ),
    "scaled_by_an_argument": (
        "{part} is {ratio} times the expected value, which `{argument}` = {value} explains.",
        "Where do you multiply or divide by `{argument}` once too often, or forget to?",
    ),
    "logarithm_of_another_base": (
        "{part} is {ratio} times the expected value, as with a logarithm to base {base}.",
        "Which logarithm does the formula use, and what is its base?",
    ),
    "constant_factor": (
        "{part} is {ratio} times the expected value everywhere.",
        "Which constant in your formula could cause that factor?",
    ),
    "transposed": (
        "{part} holds the right numbers with rows and columns swapped.",
        "Which factor of the product should come first, and which one should be transposed?",
    ),
    "reversed_order": (
        "{part} holds the right numbers in reverse order.",
        "At which end should the loop or the slice start?",
    ),
    "another_order": (
        "{part} holds the right numbers in the wrong places.",
        "Which index belongs to which axis, and in what order are the axes?",
    ),
    "all_zero": (
        "{part} is zero everywhere.",
        "Do you ever fill in the array after creating it, or is everything multiplied by zero or "
        "rounded away?",
    ),
    "constant_offset": (
        "{part} is off by the same amount, {offset}, everywhere.",
        "Which term is added although it should not be, or is left out?",
    ),
    "rounded_to_integers": (
        "{part} has lost its decimals: {got} instead of {expected}.",
        "What is the dtype of the array that you write the results into?",
    ),
    "square_not_taken": (
        "{part} is the square root of the expected value.",
        "Does your code leave out a square from the formula, or take a root too many?",
    ),
    "root_not_taken": (
        "{part} is the square of the expected value: {got} instead of {expected}.",
        "Variance or standard deviation, squared norm or norm: which one is needed here?",
    ),
    "absolute_value": (
        "{part} has the right absolute values but has lost its signs.",
        "Where do you take an absolute value, a square or a norm?",
    ),
    "one_minus": (
        "{part} is 1 minus the expected value: {got} instead of {expected}.",
        "Which of the two outcomes does your number describe?",
    ),
    "reciprocal": (
        "{part} is 1 divided by the expected value: {got} instead of {expected}.",
        "Which is the numerator and which the denominator?",
    ),
    "exponential_missing": (
        "{part} is the logarithm of the expected value.",
        "Where does the formula use the exponential function?",
    ),
    "logarithm_missing": (
        "{part} is the exponential of the expected value.",
        "Where does the formula use the logarithm?",
    ),
    "argument_returned": (
        "{part} is {argument}, unchanged.",
        "Do you return the result that you compute?",
    ),
    "parts_swapped": (
        "The parts of the answer are right but in the wrong order: {part} holds what should be "
        "{other}.",
        "In what order does the docstring list them?",
    ),
    "last_one_wrong": (
        "{part} is right except for its last entries.",
        "Where does your loop or slice end, and what is left over there?",
    ),
    "first_one_wrong": (
        "{part} is right except for its first entries.",
        "Where does your loop or slice start, and what is different there?",
    ),
    "only_the_biases_wrong": (
        "The weights' gradients are right; only {part} is not.",
        "What does each example contribute to a bias, over which axis do you sum that, and do you "
        "use the sum?",
    ),
    "only_the_weights_wrong": (
        "The biases' gradients are right; only {part} is not.",
        "The derivative at the layer's weighted sums is right: what do you multiply it by, and "
        "which of the two is transposed?",
    ),
    "only_the_first_layer_wrong": (
        "The gradients of the last layer are right, but not those before it: {part}.",
        "What happens to the derivative on its way back through the weights and the activation?",
    ),
    "only_the_last_layer_wrong": (
        "The gradients of the first layers are right, but not those of the last one: {part}.",
        "What is the input of the last layer?",
    ),
    # The form is wrong.
    "nothing_returned": (
        "The function ends without a `return`, so it returns None.",
        "Which line should return the result? (`print` only shows it.)",
    ),
    "list_for_an_array": (
        "The answer is a list or tuple of numbers instead of a NumPy array.",
        "What turns a list into an array? Or could one operation on whole arrays replace the loop?",
    ),
    "number_for_an_array": (
        "The answer is a single number instead of an array.",
        "Which sum or mean runs over everything, although you need one result per entry, row or "
        "column?",
    ),
    "array_for_a_number": (
        "The answer is an array instead of one number.",
        "What still has to be summed or averaged, and over which axis?",
    ),
    "parts_missing": (
        "The answer does not have all its parts, or they are not separate.",
        "What does the docstring list under Returns?",
    ),
    "flat_vector": (
        "The answer has shape {got_shape} but should have {want_shape}: the column has become a "
        "flat vector, and NumPy broadcasts the two differently.",
        "Which indexing, sum or ravel drops the axis, and how can you keep it?",
    ),
    "axis_kept": (
        "The answer has shape {got_shape} but should have {want_shape}: an axis of length 1 is "
        "left over.",
        "Which sum keeps its axis, or which array already had an axis too many?",
    ),
    "axes_exchanged": (
        "The answer has shape {got_shape} but should have {want_shape}: the axes are swapped.",
        "Which array should be transposed, or which of the two factors comes first?",
    ),
    "wrong_axis": (
        "The answer has shape {got_shape} but should have {want_shape}: the sum, mean or maximum "
        "was taken over the wrong axis.",
        "Which axis runs over the examples, and which one should be left at the end?",
    ),
    "off_by_one": (
        "The answer has shape {got_shape} but should have {want_shape}: one too many or too few.",
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
        "The answer is float32 instead of float64: half of the digits are lost.",
        "Which line casts to float32?",
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
    # Side effects, warnings, and arguments that should be refused.
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
    "misfit_not_noticed": (
        "The function accepts arguments that its docstring rules out, and its answer to them means "
        "nothing.",
        "Which arguments does the docstring rule out, and where could you test for them and raise "
        "the exception that it names?",
    ),
    "wrong_exception": (
        "It is right to refuse these arguments, but with a different exception.",
        "Which exception does the docstring name under Raises?",
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
    # Unexpected exceptions.
    "name_not_defined": (
        "A name is used that has no value at that line: {error}.",
        "Is it spelled as in its definition, defined on every path to this line, and imported?",
    ),
    "signature_changed": (
        "A function is called with arguments that it does not take: {error}.",
        "Does the `def` line still have the stub's names, order and defaults, and do you call "
        "other functions with the arguments that they take?",
    ),
    "inner_sizes_differ": (
        "A matrix product does not fit: the first factor must have as many columns as the second "
        "has rows.",
        "Write the shape of each factor next to that line: should one be transposed, or should "
        "they switch places?",
    ),
    "shapes_do_not_fit": (
        "The shapes of two arrays do not fit together: {error}.",
        "Write the shape of each array next to that line: which one is not what you expect?",
    ),
    "index_out_of_range": (
        "An index is past the end: {error}.",
        "What is the last index that exists, and what is the last one that your loop uses?",
    ),
    "integers_changed_in_place": (
        "`+=`, `-=`, `*=` or `/=` keeps an array's dtype, and integers cannot hold the result.",
        "Which array holds integers there, and how can you turn it into floats?",
    ),
    "read_only_array": (
        "The line writes into a read-only array.",
        "Could the line create a new array instead?",
    ),
    "one_answer_for_many": (
        "`if`, `and`, `or` or a function of `math` needs one number but gets a whole array.",
        "Which NumPy function decides or computes for every entry at once?",
    ),
    "wrong_number_of_parts": (
        "There are more or fewer names left of the `=` than parts right of it: {error}.",
        "What does the function that you call return, and what is in `params`?",
    ),
    "none_from_a_helper": (
        "A value there is None: {error}.",
        "Which function that you call is missing its `return`?",
    ),
    "no_rng": (
        "`rng` is None there, because the caller passed no generator.",
        "What does `rng=None` mean in the docstring, and where do you create that generator?",
    ),
    "no_such_attribute": (
        "There is no attribute with that name: {error}.",
        "Is the spelling right, and is the thing before the dot an array?",
    ),
    "arrays_as_index": (
        "Only integers and slices can be an index: {error}.",
        "What dtype does the array in the square brackets have?",
    ),
    "module_not_there": (
        "A module cannot be imported: {error}.",
        "The course needs only numpy and scipy; earlier chapters are imported with "
        "`from .ch1_3_activation_basics import sigmoid`. Which import is neither?",
    ),
    "calls_itself": (
        "The function calls itself endlessly.",
        "Does it have the same name as the function that you meant to call?",
    ),
    "no_text": (
        "The file is not UTF-8 text, which Python expects: {error}.",
        "In which encoding does your editor save it?",
    ),
    "syntax": (
        "Python cannot read the file: {error}.",
        "Look at that line and the one before it: is it a colon, a bracket, the indentation?",
    ),
    "division_by_zero": (
        "A Python number is divided by zero.",
        "Which number can become 0 there, and what should the answer be then?",
    ),
}
