"""Texts for a slip in one place, found by trying out changes; the message shows its line."""

SLIPS: dict[str, tuple[str, str]] = {
    "wrong_operator": (
        "All values would be right with another operator or sign in this one place.",
        "What does that line compute for one example, and which operation does the formula have "
        "there?",
    ),
    "wrong_comparison": (
        "All values would be right with another comparison in this one place.",
        "For which numbers should that condition hold, and what happens at equality?",
    ),
    "wrong_number": (
        "All values would be right with another number in this one place.",
        "Where does that number come from: the formula, the first or last index, or an axis?",
    ),
    "wrong_function": (
        "All values would be right with another function in this one place.",
        "What does that function do with many numbers, and what does the formula ask for?",
    ),
    "another_axis": (
        "All values would be right with another `axis`, or none, or with `keepdims`, in this one "
        "place.",
        "Which shape goes in there, which shape comes out, and which should?",
    ),
    "wrong_order_of_two": (
        "All values would be right with two things in the other order in this one place.",
        "Which of the two comes first in the formula, or in the docstring of what you call?",
    ),
    "brackets_elsewhere": (
        "All values would be right with brackets elsewhere in this one place.",
        "In which order does Python compute that expression, and in which order does the formula?",
    ),
    "part_too_many": (
        "All values would be right with less in this one place: something there does not belong.",
        "Which part of that expression is not in the formula?",
    ),
    "step_missing": (
        "All values would be right with one more step in this one place, such as a sign, a factor, "
        "a transpose, a square or a sum.",
        "Compare that expression with the formula symbol by symbol: what is missing?",
    ),
    "wrong_variable": (
        "All values would be right with another variable in this one place.",
        "What does the variable hold at that moment, and which one did you mean?",
    ),
    "line_too_many": (
        "All values would be right without this line.",
        "What does that line change, and does the formula do that?",
    ),
    "line_in_the_wrong_place": (
        "All values would be right with this line elsewhere: farther up or down, or on the other "
        "side of the loop.",
        "How often should that line run, and what should have happened before it?",
    ),
}
