"""Texts for an exception that should not have been raised."""

EXCEPTIONS: dict[str, tuple[str, str]] = {
    "name_not_defined": (
        "A name is used that has no value there: {error}.",
        "Is it spelled as in its definition, defined on every path to this line, and imported?",
    ),
    "self_missing": (
        "A method or attribute of the class is used without its object: {error}.",
        "Inside the class, what do you write before the dot to reach `{name}`?",
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
    "attribute_not_stored_yet": (
        "Nothing has been stored as `self.{attribute}` when that line runs.",
        "Which method stores it, is it spelled the same there, and has that method run before?",
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
    "foreign_character": (
        "Python cannot read the file: {error}. Text from a web page or a document has spaces,"
        " quotation marks and minus signs that only look like those of Python.",
        "Which character of that line is it, if you type them again one by one?",
    ),
    "asks_for_input": (
        "The function calls `input()`, and nobody answers while it is checked.",
        "Which argument holds the value that you ask for?",
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
    "number_too_large": (
        "A Python number becomes larger than a float can hold, as in `math.exp` above 709.",
        "Can the formula be written so that exp only ever sees numbers up to 0?",
    ),
}
