"""Texts for a rule between the wrong numbers and the right ones.

`{part}` names the part of the answer, `{ratio}` is got / expected.
"""

RULES: dict[str, tuple[str, str]] = {
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
    "never_filled": (
        "{part} is right in some places along axis {axis}, and 0 in the others: the first of those "
        "is number {index}, counted from 0.",
        "Which numbers does the loop or slice along that axis count, and does it reach them all "
        "before it meets `return`?",
    ),
    "one_factor_per_line": (
        "{part} is the expected value times a number that is the same throughout each {line}, but "
        "not in all of them: {ratio} in the first wrong one.",
        "What do you multiply or divide each {line} by, and which numbers go into it?",
    ),
    "one_offset_per_line": (
        "{part} is off by an amount that is the same throughout each {line}, but not in all of "
        "them.",
        "What do you add to each {line} or subtract from it, such as a bias or a mean, and along "
        "which axis is that computed?",
    ),
    "factor_of_each_call": (
        "{part} is the expected value times one number, here {ratio}; in other calls it is another "
        "number.",
        "Which single number do you multiply or divide everything by, and how does your code get "
        "it?",
    ),
    "offset_of_each_call": (
        "{part} is off by one number, here {offset}, throughout; in other calls it is another "
        "number.",
        "Which single number do you add or subtract, and is it there once too often?",
    ),
    "sigmoid_once_more": (
        "{part} is the sigmoid of the expected value: {got} instead of {expected}.",
        "Which two lines, or which two functions that you call, apply a sigmoid to it?",
    ),
    "tanh_once_more": (
        "{part} is the tanh of the expected value: {got} instead of {expected}.",
        "Which two lines, or which two functions that you call, apply a tanh to it?",
    ),
    "softmax_once_more": (
        "{part} is the softmax of the expected value: {got} instead of {expected}.",
        "Which two lines, or which two functions that you call, apply a softmax to it?",
    ),
    "sigmoid_missing": (
        "{part} would be right after a sigmoid: {got} instead of {expected}.",
        "Which activation stands in the formula, and does its result get into your answer?",
    ),
    "softmax_missing": (
        "{part} would be right after a softmax: {got} instead of {expected}.",
        "Which activation stands in the formula, and does its result get into your answer?",
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
}
