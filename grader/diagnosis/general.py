"""What can be told of a wrong answer whatever the function is: rules that the numbers follow, and
what the sort of failure alone gives away.

`GENERAL[name]` is `(what happened, a question)`; the fields in braces are filled in by `diagnosis`.
"""

GENERAL = {
    # The numbers follow a rule: `{part}` names the part of the answer, `{ratio}` got / expected.
    "sign_flipped": (
        "{part} has the wrong sign: {got} where {expected} is right.",
        "Which difference or which minus is the other way round?",
    ),
    "mean_not_taken": (
        "{part} is exactly {n} times too large, and there are {n} examples: a sum stands where "
        "the mean over the examples should be.",
        "Where does the 1/n of the mean enter your formula?",
    ),
    "mean_taken_twice": (
        "{part} is exactly {n} times too small, and there are {n} examples: it is divided by "
        "their number once too often.",
        "At which two places do you divide by the number of examples?",
    ),
    "divided_by_the_wrong_size": (
        "{part} is {ratio} times the right one, which is what comes of dividing by another size "
        "of an array than the formula asks for, or of leaving a division out.",
        "Over what is the mean taken: the examples, the columns, or all the entries?",
    ),
    "factor_2_too_many": (
        "{part} is exactly twice the right one.",
        "Which 2 in your formula has no reason, or which term is counted twice?",
    ),
    "factor_2_missing": (
        "{part} is exactly half of the right one.",
        "Where does a 1/2 sneak in, or, if it is a derivative, where has a 2 got lost?",
    ),
    "scaled_by_an_argument": (
        "{part} is {ratio} times the right one, and that is what `{argument}` = {value} gives.",
        "Where do you multiply or divide by `{argument}` once too often, or not at all?",
    ),
    "logarithm_of_another_base": (
        "{part} is {ratio} times the right one, as with the logarithm to base {base}.",
        "Which logarithm does the formula mean, and what is its base?",
    ),
    "constant_factor": (
        "{part} has the right form and is {ratio} times the right one everywhere.",
        "Which constant in your formula has that size?",
    ),
    "transposed": (
        "{part} holds the right numbers with rows and columns exchanged.",
        "Which factor of the product should stand first, and which one is transposed?",
    ),
    "reversed_order": (
        "{part} holds the right numbers in reverse order.",
        "From which end should the loop or the slice begin?",
    ),
    "another_order": (
        "{part} holds the right numbers at the wrong places.",
        "Which index belongs to which axis, and in which order are the axes?",
    ),
    "all_zero": (
        "{part} is zero everywhere.",
        "Is it filled in after it was made, and is nothing multiplied by zero or rounded away?",
    ),
    "constant_offset": (
        "{part} is off by the same amount, {offset}, everywhere.",
        "Which term is added that should not be there, or is left out?",
    ),
    "rounded_to_integers": (
        "{part} has lost what follows the decimal point: {got} for {expected}.",
        "What is the dtype of the array that you write the results into?",
    ),
    "square_not_taken": (
        "{part} is the square root of the right one.",
        "Is something squared in the formula that is not in your code, or a root too many?",
    ),
    "root_not_taken": (
        "{part} is the square of the right one: {got} for {expected}.",
        "Variance or standard deviation, squared norm or norm: which one is asked for?",
    ),
    "absolute_value": (
        "{part} has the right size and has lost its signs.",
        "Where does an absolute value, a square or a norm come in?",
    ),
    "one_minus": (
        "{part} is 1 minus the right one: {got} for {expected}.",
        "Which of the two outcomes does your number stand for?",
    ),
    "reciprocal": (
        "{part} is 1 divided by the right one: {got} for {expected}.",
        "What is the numerator and what the denominator?",
    ),
    "exponential_missing": (
        "{part} is the logarithm of the right one.",
        "Where does the exponential function come in?",
    ),
    "logarithm_missing": (
        "{part} is the exponential of the right one.",
        "Where does the logarithm come in?",
    ),
    "argument_returned": (
        "{part} is {argument} as it came in.",
        "Is the result that you compute the one that you return?",
    ),
    "parts_swapped": (
        "The parts of the answer are the right ones in another order: {part} is what should be "
        "{other}.",
        "In which order does the docstring list them?",
    ),
    "last_one_wrong": (
        "{part} is right but for its last entries.",
        "Where does your loop or slice end, and what is left over there?",
    ),
    "first_one_wrong": (
        "{part} is right but for its first entries.",
        "Where does your loop or slice begin, and what is different at the start?",
    ),
    "only_the_biases_wrong": (
        "The weights' gradients are right; only {part} is not.",
        "What does a bias get from each example, over which axis is that summed, and is the sum "
        "used?",
    ),
    "only_the_weights_wrong": (
        "The biases' gradients are right; only {part} is not.",
        "The derivative with respect to the layer's sums is right: what is it multiplied with, "
        "and which one of the two is transposed?",
    ),
    "only_the_first_layer_wrong": (
        "The gradients of the last layer are right, those before it are not: {part}.",
        "What happens to the derivative on its way back through the weights and the activation?",
    ),
    "only_the_last_layer_wrong": (
        "The gradients of the first layers are right; those of the last one are not: {part}.",
        "What is the input of the last layer?",
    ),
    # The form is wrong.
    "nothing_returned": (
        "The function comes to its end without a `return`, so it gives None.",
        "Which line should hand the result back? (`print` only shows it.)",
    ),
    "list_for_an_array": (
        "The numbers come as a list or tuple where a NumPy array is asked for.",
        "What makes an array of a list, or could the loop be an operation on whole arrays?",
    ),
    "number_for_an_array": (
        "One single number comes back where an array is asked for.",
        "Which sum or mean goes over everything, though one result for each entry, row or column "
        "is wanted?",
    ),
    "array_for_a_number": (
        "An array comes back where one number is asked for.",
        "What is still to be summed or averaged, over which axis?",
    ),
    "parts_missing": (
        "The answer has not all the parts that it should have, or has them not apart.",
        "What does the docstring list under Returns?",
    ),
    "flat_vector": (
        "The answer has shape {got_shape} and should have {want_shape}: the column has become a "
        "flat vector, and NumPy broadcasts the two in different ways.",
        "Which indexing, sum or ravel takes the axis away, and how is it kept?",
    ),
    "axis_kept": (
        "The answer has shape {got_shape} and should have {want_shape}: an axis of length 1 is "
        "left over.",
        "Which sum keeps its axis, or which array came in with an axis too many?",
    ),
    "axes_exchanged": (
        "The answer has shape {got_shape} and should have {want_shape}: the axes are exchanged.",
        "Which array should be transposed, or which of two factors comes first?",
    ),
    "wrong_axis": (
        "The answer has shape {got_shape} and should have {want_shape}: the sum, mean or maximum "
        "went over another axis.",
        "Which axis counts the examples, and which one should be left at the end?",
    ),
    "off_by_one": (
        "The answer has shape {got_shape} and should have {want_shape}: one too many or too few.",
        "Count on paper for a small case: where does the first one begin and the last one end?",
    ),
    "one_too_many": (
        "{part} has {got_length} entries and should have {want_length}: one too many.",
        "What is noted before the loop or after it?",
    ),
    "one_too_few": (
        "{part} has {got_length} entries and should have {want_length}: one too few.",
        "Which round of the loop leaves nothing behind, the first or the last?",
    ),
    "float32_not_kept": (
        "float32 goes in and float64 comes out: twice the memory and half the speed.",
        "Which array or constant of yours is float64: one from np.zeros, np.eye, or a cast?",
    ),
    "float64_not_kept": (
        "The answer is float32 where float64 is asked for: half of the digits are gone.",
        "Which line casts to float32?",
    ),
    "integers_not_converted": (
        "The answer holds integers, or true and false, where floats are asked for.",
        "Which dtype has the array that you write into or return?",
    ),
    "narrow_float": (
        "The answer is float16, which keeps three digits.",
        "Which line casts, and what for?",
    ),
    "floats_for_integers": (
        "The answer holds floats where integers are asked for.",
        "Which dtype has the array that you count in?",
    ),
    # It computes what it should not.
    "argument_changed": (
        "The function writes into an array that belongs to its caller, who will go on with "
        "changed numbers.",
        "Which line uses `+=`, `-=` or `[...] =` on an argument, or on a view of one?",
    ),
    "logarithm_of_zero": (
        "NumPy takes the logarithm of 0, which is minus infinity, and 0 times that is nan.",
        "What keeps a probability away from 0, and for labels of 0 away from 1?",
    ),
    "exponential_overflows": (
        "np.exp overflows: above 709 (in float32 above 88) there is no number left for it.",
        "Can the formula be written so that exp only ever sees numbers up to 0?",
    ),
    "zero_divided_by_zero": (
        "Something is divided by zero, which gives nan or infinity.",
        "When does that denominator become 0, and what should the answer be then?",
    ),
    "training_diverges": (
        "The losses grow until they are no numbers any more: each step overshoots, and the next "
        "gradient is larger still.",
        "Is the gradient that of the mean, does the step go against it, and how long is it?",
    ),
    "global_random_state": (
        "The numbers come from NumPy's or Python's global random state instead of `rng`, so the "
        "same seed gives another result each time.",
        "Which call begins with `np.random.` or `random.`, and which method does `rng` have "
        "for it?",
    ),
    "own_random_numbers": (
        "The same seed gives two different answers, so some numbers do not come from `rng`.",
        "Where is a second generator made, or what is remembered from one call to the next?",
    ),
    "misfit_not_noticed": (
        "Shapes that cannot belong together go in and numbers come out, which mean nothing.",
        "Which two shapes must be equal, and where could you compare them and raise ValueError?",
    ),
    "wrong_exception": (
        "It is right to refuse these arguments, but with another exception than the one asked for.",
        "Which exception does the docstring name under Raises?",
    ),
    "loops_in_python": (
        "Python goes through the numbers one by one; NumPy does the same work on whole arrays "
        "many times faster.",
        "Which loop could be one operation on an array with one more axis?",
    ),
    "never_ends": (
        "The function had not come to its end when its time was up: it never ends, or is far too "
        "slow.",
        "Is there a loop whose condition never becomes false, and which loop over single numbers "
        "could be one operation on arrays?",
    ),
    # It raises what nobody asked for.
    "name_not_defined": (
        "A name is used that has no value at that line: {error}.",
        "Is it spelt as where it is defined, defined on every way there, and imported?",
    ),
    "signature_changed": (
        "The function does not take the arguments that the chapter gives it: {error}.",
        "Does the `def` line still have the stub's names, order and defaults, and do you call "
        "other functions with the arguments that they take?",
    ),
    "inner_sizes_differ": (
        "A matrix product does not fit: the columns of the first factor must be as many as the "
        "rows of the second.",
        "Write the shape of each factor beside that line: which one is transposed, or should "
        "they change places?",
    ),
    "shapes_do_not_fit": (
        "NumPy cannot bring two shapes together: {error}.",
        "Write the shape of each array beside that line: which one is not what you think?",
    ),
    "index_out_of_range": (
        "An index points beyond the end: {error}.",
        "What is the last index that exists, and what is the last one that your loop uses?",
    ),
    "integers_changed_in_place": (
        "`+=`, `-=`, `*=` or `/=` keeps an array's dtype, and integers cannot take the result.",
        "Which array holds integers there, and how does the rest of the course make floats of it?",
    ),
    "read_only_array": (
        "The line writes into an array that may only be read.",
        "Could the line make a new array instead?",
    ),
    "one_answer_for_many": (
        "`if`, `and`, `or` or a function of `math` wants one number, and gets a whole array.",
        "Which NumPy function decides or computes for every entry at once?",
    ),
    "wrong_number_of_parts": (
        "The names on the left of the `=` are not as many as the parts on the right: {error}.",
        "What does the function that you call return, and what is in `params`?",
    ),
    "none_from_a_helper": (
        "Something there is None: {error}.",
        "Which function that you call forgets its `return`?",
    ),
    "no_rng": (
        "`rng` is None there, for the caller gave no generator.",
        "What does the docstring say that `rng=None` means, and where do you make that generator?",
    ),
    "no_such_attribute": (
        "There is no attribute of that name: {error}.",
        "Is the spelling right, and is the thing before the dot an array?",
    ),
    "arrays_as_index": (
        "Only integers and slices can be an index: {error}.",
        "Which dtype has the array in the square brackets?",
    ),
    "module_not_there": (
        "A module cannot be imported: {error}.",
        "The course needs numpy and scipy alone; earlier chapters are imported with "
        "`from .ch1_3_activation_basics import sigmoid`. Which import is neither?",
    ),
    "calls_itself": (
        "The function calls itself without end.",
        "Does it have the name of the function that you meant to call?",
    ),
    "no_text": (
        "The file is no text in UTF-8, as which Python files are saved: {error}.",
        "In which encoding does your editor save it?",
    ),
    "syntax": (
        "Python cannot read the file: {error}.",
        "Look at that line and the one before it: a colon, a bracket, the indentation?",
    ),
    "division_by_zero": (
        "A Python number is divided by zero.",
        "Which number can become 0 there, and what should the answer be then?",
    ),
}
