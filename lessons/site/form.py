"""Measures a lesson's form: words, equations, pictures, questions and how easy it reads."""

import re
from dataclasses import dataclass

from . import figures, parsing, places

CODE = re.compile(r"`[^`]*`|\$[^$]*\$")
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
MARKS = re.compile(r"[*_#>|]|^\s*(?:[-*]|\d+\.)\s+", re.M)
SENTENCE = re.compile(r"(?<=[.!?:])[\"')]*\s+|\n{2,}")
WORD = re.compile(r"[A-Za-z][A-Za-z'\u2019]*")
VOWELS = re.compile(r"[aeiouy]+")

WORDS = (1500, 3000)
WORDS_OF_MODULE_1 = (1000, 3000)
EQUATIONS = (6, 15)
FEW_EQUATIONS = {"ch1_1_numpy_arrays", "ch4_5_momentum_capstone", "ch5_2_neural_network_class",
                 "ch5_3_two_moons", "ch5_4_color_images"}  # fmt: skip
PICTURES, PREDICTIONS, PROBLEMS = 3, 3, (4, 7)
EASE = 55  # Flesch reading ease: 60 to 70 is plain English, 50 to 60 fairly difficult


@dataclass(frozen=True)
class Measures:
    """What is counted in one lesson."""

    words: int
    equations: int
    pictures: int
    predictions: int
    problems: int
    answers: int
    checks: int
    ease: float
    sentence: float  # words of a sentence, on average


def measure(lesson):
    """Count a lesson's parts."""
    count = {kind: len(lesson.of(kind)) for kind in parsing.CONTAINERS | parsing.FENCES | {"math"}}
    ease, sentence = readability(list(_texts(lesson)))
    return Measures(
        words=sum(len(_spoken(text).split()) for text in _texts(lesson)),
        equations=count["math"],
        pictures=count["picture"],
        predictions=count["predict"],
        problems=count["problem"],
        answers=count["answer"],
        checks=count["check"],
        ease=ease,
        sentence=sentence,
    )


def mistakes(lesson, stem):
    """Return what a lesson lacks of the form, one line each."""
    found = [*_counted(measure(lesson), stem), *_marked_up(lesson, stem)]
    return [f"{stem}.md: {line}" for line in found]


def report(paths):
    """Return a table of all measures, with what is missing below it, and whether nothing is."""
    lessons = {path.stem: parsing.read(path) for path in paths}
    lines = [
        f"{'lesson':8}{'words':>7}{'equat.':>8}{'pictures':>10}{'predict':>9}"
        f"{'problems':>10}{'checks':>8}{'words/sent.':>13}{'ease':>6}"
    ]
    for stem, lesson in lessons.items():
        m = measure(lesson)
        lines.append(
            f"{places.chapter(stem).id:8}{m.words:7}{m.equations:8}{m.pictures:10}"
            f"{m.predictions:9}{m.problems:10}{m.checks:8}{m.sentence:13.1f}{m.ease:6.0f}"
        )
    found = [line for stem, lesson in lessons.items() for line in mistakes(lesson, stem)]
    return "\n".join(lines + found), not found


def readability(texts):
    """Return `(Flesch reading ease, words per sentence)`; code and formulas count as one word."""
    sentences = words = syllables = 0
    for text in texts:
        for sentence in SENTENCE.split(_spoken(text)):
            found = WORD.findall(sentence)
            if len(found) > 1:
                sentences += 1
                words += len(found)
                syllables += sum(map(_syllables, found))
    if not words:
        return 100.0, 0.0
    return 206.835 - 1.015 * words / sentences - 84.6 * syllables / words, words / sentences


def _texts(lesson):
    """Yield the texts that a reader reads, without code and formulas of their own."""
    for block in lesson.walk():
        if block.kind in {"prose", "heading"}:
            yield block.text
        elif block.kind == "predict":
            choices, prose = parsing.choices(block.text.split("\n"))
            yield f"{block.argument} {prose}"
            yield from (f"{choice.text}. {choice.why}" for choice in choices)
        elif block.kind in {"problem", "check"}:
            yield block.argument


def _spoken(text):
    """Return a text without markup, with `x` for each piece of code or formula."""
    text = parsing.NUM.sub(r"\1", text)
    return MARKS.sub(" ", LINK.sub(r"\1", CODE.sub("x", text)))


def _syllables(word):
    """Estimate the syllables of an English word."""
    word = word.lower()
    count = len(VOWELS.findall(word))
    if word.endswith("e") and not word.endswith(("le", "ee")) and count > 1:
        count -= 1
    if word.endswith("ed") and not word.endswith(("ted", "ded")) and count > 1:
        count -= 1
    return max(count, 1)


def _counted(m, stem):
    words = WORDS_OF_MODULE_1 if stem.startswith("ch1_") else WORDS
    least = 0 if stem in FEW_EQUATIONS else EQUATIONS[0]
    yield from _within("words", m.words, *words)
    yield from _within("display equations", m.equations, least, EQUATIONS[1])
    yield from _within("pictures", m.pictures, PICTURES)
    yield from _within("predictions", m.predictions, PREDICTIONS)
    yield from _within("exercises with answers", m.answers, *PROBLEMS)
    if m.answers != m.problems:
        yield f"{m.problems} problems have {m.answers} answers"
    if m.ease < EASE:
        yield f"reading ease {m.ease:.0f}, at least {EASE} is asked for"


def _within(what, count, least, most=None):
    if count < least:
        yield f"{count} {what}, at least {least} are asked for"
    if most is not None and count > most:
        yield f"{count} {what}, at most {most} are asked for"


def _marked_up(lesson, stem):
    """Yield mistakes in the blocks: pictures, choices, and the exercise for each function."""
    for key in ("build", "time"):
        if not lesson.meta.get(key):
            yield f"the front matter lacks `{key}`"
    for block in lesson.of("picture"):
        if not block.options.get("alt"):
            yield f"line {block.line}: the picture `{block.argument}` has no :alt:"
        if not figures.exists(stem, block.argument):
            yield f"line {block.line}: there is no picture `{block.argument}`"
    for block in lesson.of("predict"):
        choices, _ = parsing.choices(block.text.split("\n"))
        if [choice.right for choice in choices].count(True) != 1 or len(choices) < 2:
            yield f"line {block.line}: a prediction needs choices, exactly one of them [x]"
        if not all(choice.why for choice in choices):
            yield f"line {block.line}: each choice needs ` -- ` and what it means"
    shown = [block.argument for block in lesson.of("exercise")]
    for name in places.chapter(stem).functions:
        if shown.count(name) != 1:
            yield f"{shown.count(name)} exercise blocks for `{name}`, exactly one is asked for"
