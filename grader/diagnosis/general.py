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
        "{part} is {ratio} times the expected value, which a division by the wrong size of an "
        "array, or one left out, would explain.",
        "Is the mean taken over the examples, the columns, or all the entries?",
    ),
    "scaled_by_a_size": (
        "{part} is {ratio} times the expected value everywhere, and {ratio} is {size}.",
        "Do you multiply or divide by a size that the formula does not have, or sum over an axis "
        "twice?",
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
    "scaled_by_the_root_of_a_size": (
        "{part} is {ratio} times the expected value everywhere: that is the square root of {size}, "
        "the size of an argument or of one of its axes, or 1 divided by it.",
        "Where do you multiply or divide by a size, or take the root of a sum instead of a mean?",
    ),
    "divided_by_one_less": (
        "{part} is {ratio} times the expected value everywhere, as from a division by {size} - 1 "
        "instead of {size}, or by {size} instead of {size} - 1.",
        "Which number do you divide by, and is there a `ddof` or a `- 1` in it?",
    ),
    "scaled_to_length_1": (
        "{part} is the expected value divided by its own length: its squares add up to 1.",
        "Which line divides by a norm, and does the formula do that?",
    ),
    "wrapped_around": (
        "{part} is off by multiples of {modulus}: the numbers are too large for {dtype}, the dtype "
        "of an argument, and start again from its other end.",
        "In which dtype does that line compute, and where could you turn the integers into floats?",
    ),
    "rounded_to_decimals": (
        "{part} is rounded to {decimals} decimals: {got} instead of {expected}.",
        "Which line rounds, and does the docstring ask for that?",
    ),
    "values_cut_off": (
        "{part} is right, except that it is cut off at {limits}.",
        "Which line clips, or takes a maximum or minimum with a constant?",
    ),
    "sums_carried_over": (
        "{part} holds running totals: each number also contains all those before it.",
        "Where is the variable that you add up in set back to 0?",
    ),
    "all_rows_alike": (
        "{part} has the same numbers in every row, although the rows should differ.",
        "Are all the rows one and the same array, which your loop changes again and again? Or does "
        "the row that you compute not depend on the row number?",
    ),
    "only_the_first_right": (
        "{part} is right in its first row only.",
        "What do you take from the first row, or do before the loop, that each row needs for "
        "itself?",
    ),
    "only_the_last_right": (
        "{part} is right in its last row only.",
        "What do you take from the last row, or do after the loop, that each row needs for itself?",
    ),
    "right_for_one_sign": (
        "{part} is right where `{argument}` is {right_sign}, and wrong where it is {wrong_sign}.",
        "What should the formula give for a {wrong_sign} entry, and which line of yours does it go "
        "through?",
    ),
    "argument_added": (
        "{part} differs from the expected value by {multiple} times `{argument}`.",
        "Which term with `{argument}` is not in the formula, or is there twice?",
    ),
    "constant_factor": (
        "{part} is {ratio} times the expected value everywhere.",
        "Which constant in your formula could cause that factor?",
    ),
    "in_percent": (
        "{part} is 100 times the expected value everywhere.",
        "Is the answer a share between 0 and 1, or a percentage?",
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
        "Is the dtype of the array that you write into an integer one, or does `int` or `//` cut "
        "the decimals off?",
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
        "Which is the numerator and which the denominator, and do brackets hold each together?",
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
    "lists_interchanged": (
        "One list of the answer has {got_parts} items instead of {want_parts}, and another one has "
        "{want_parts}.",
        "Are the two in the order in which the docstring names them?",
    ),
    "only_the_first_filled": (
        "{part} is filled only at its beginning; all the rest is still 0.",
        "How often does your loop run before it meets `return`, and how far is that indented?",
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
        "The derivative at the layer's weighted sums is right: what do you multiply it by, which "
        "of the two is transposed, and is anything added?",
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
    # Unexpected exceptions.
    "name_not_defined": (
        "A name is used that has no value there: {error}.",
        "Is it spelled as in its definition, defined on every path to this line, and imported?",
    ),
    "read_before_assigned": (
        "A variable is read before it gets a value: {error}.",
        "Which line gives it its first value, and is that line reached on this path?",
    ),
    "signature_changed": (
        "A function is called with arguments that it does not take: {error}.",
        "Does the `def` line still have the stub's names, order and defaults, and do you call "
        "other functions with the arguments that they take?",
    ),
    "called_otherwise": (
        "A function that you were given is called in another way than it can be: {error}.",
        "Which arguments does the docstring pass to it, and in what order?",
    ),
    "lists_and_tuples_joined": (
        "`+` joins two lists or two tuples, but not one of each: {error}.",
        "What turns one kind into the other, or unpacks both into a new list?",
    ),
    "hat_for_a_power": (
        "`^` is not a power in Python: it combines the bits of integers.",
        "Which operator raises a number to a power?",
    ),
    "list_in_a_formula": (
        "A list or tuple is used in a formula: {error}.",
        "Does it hold several parts, such as a loss and its gradients, that have to be taken "
        "apart first?",
    ),
    "function_in_a_formula": (
        "A function itself is used in a formula, where one of its values belongs: {error}.",
        "Which name on that line is a function, and what should it be called with?",
    ),
    "not_a_function": (
        "Something that is not a function is called: {error}.",
        "Was a function called that should be handed on by its name alone, or does a variable "
        "have a function's name?",
    ),
    "float_for_a_count": (
        "A whole number is needed there, but a float came: {error}.",
        "Does a `/` compute that number, and which operator divides without a remainder?",
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
    "too_many_indices": (
        "An array has fewer axes than it gets indices: {error}.",
        "How many axes does that array have, and how many should it have?",
    ),
    "too_few_axes": (
        "An array has fewer axes than that line reads from its shape.",
        "How many axes does that array have, and how many does the docstring give it?",
    ),
    "many_numbers_for_one_place": (
        "One place of an array is given several numbers: {error}.",
        "Is an axis missing on the left of that `=`, or a sum on the right?",
    ),
    "shapes_differ_in_a_list": (
        "Arrays of different shapes cannot become one array: {error}.",
        "Which list is turned into an array although its parts have different shapes?",
    ),
    "index_out_of_range": (
        "An index is past the end: {error}.",
        "Which indexes exist there, and where does this one come from?",
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
        "Python asks whether a whole array is true, as `if`, `and`, `or`, `max` and `in` do.",
        "Which NumPy function decides or computes for every entry at once?",
    ),
    "reduction_for_entrywise": (
        "`np.{function}` looks for an extreme within one array, and takes its second argument for"
        " the axis.",
        "Which NumPy function compares two arrays entry by entry?",
    ),
    "array_for_a_single_number": (
        "`{function}` takes one number, but gets an array.",
        "Does that array have an axis too many, or does NumPy have this function for whole arrays?",
    ),
    "array_for_one_number": (
        "One number is needed there, but an array came: {error}.",
        "Which argument of that call should be one number, or which function works on whole "
        "arrays?",
    ),
    "wrong_number_of_parts": (
        "There are more or fewer names left of the `=` than parts right of it: {error}.",
        "What does the function that you call return, and what is in `params`?",
    ),
    "none_from_a_helper": (
        "`{function}` returns None there.",
        "Which path through that function ends without a `return`?",
    ),
    "none_there": (
        "A value there is None: {error}.",
        "Where does it come from: an argument that was left out, or a function without `return`?",
    ),
    "argument_is_none": (
        "`{variable}` is None there: the caller passed None, or nothing.",
        "What does None mean for this argument, by the docstring, and where does your code decide"
        " it?",
    ),
    "variable_is_none": (
        "`{variable}` is None there.",
        "Where does that name get its value? (A function without `return` gives None, and so do "
        "those that work in place, such as `shuffle` and `sort`.)",
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
        "What stands in the square brackets there, and which type or dtype does it have?",
    ),
    "module_not_there": (
        "A module, or a name in one, cannot be imported: {error}.",
        "Is it spelled correctly? (The course needs only the standard library, numpy and scipy; "
        "earlier chapters are imported with `from .ch1_3_activation_basics import sigmoid`.)",
    ),
    "earlier_chapter_missing": (
        "This file imports `{stem}.py`, which is not there.",
        "Is that file in the same folder, under exactly this name?",
    ),
    "earlier_name_missing": (
        "`{stem}.py` does not define `{name}`, which this file imports from it.",
        "Was it renamed or deleted there, or can this file do without it?",
    ),
    "refused_by_a_function": (
        "`{function}` refuses what it is given: {error}.",
        "Which shapes or values does that function take, and which of them does the call get "
        "wrong?",
    ),
    "imports_in_a_circle": (
        "Two files import each other: {error}.",
        "Which of the two comes first in the course, and so needs nothing from the other?",
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
        "Look at that line and the one before it: is a colon or a bracket missing, or the"
        " indentation wrong?",
    ),
    "newer_python": (
        "Python cannot read the file: {error}. The line looks like Python {version} or newer, and"
        " the grader runs an older one.",
        "How can that line be written in the older syntax?",
    ),
    "division_by_zero": (
        "A Python number is divided by zero.",
        "Which number can become 0 there, and what should the answer be then?",
    ),
}
