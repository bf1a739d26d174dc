"""Turns a lesson into plain Markdown with LaTeX, for the text cells of a notebook."""

import re

from . import parsing, places

NUM = parsing.NUM
LINK = re.compile(r"\[([^\]]+)\]\((?!https?:)[^)]*\)")  # to another lesson: not there in a notebook
FENCED = {"python": "python", "torch": "python", "output": "text", "text": "text"}


def sections(stem):
    """Return a lesson's sections before and after its exercises, as two lists of Markdown texts.

    Both are empty where there is no lesson.
    """
    path = places.LESSONS / f"{stem}.md"
    if not path.is_file():
        return [], []
    groups = _by_heading(parsing.read(path).blocks)
    exercises = [i for i, group in enumerate(groups) if any(b.kind == "exercise" for b in group)]
    if not exercises:
        return [_text(group) for group in groups], []
    before, after = groups[: exercises[0]], groups[exercises[-1] + 1 :]
    return [_text(group) for group in before], [_text(group) for group in after]


def _by_heading(blocks):
    """Split at each heading of level 2; the title, which a notebook has already, is left out."""
    groups = [[]]
    for block in blocks:
        if block.kind == "heading" and block.level == 1:
            continue
        if block.kind == "heading" and block.level == 2:
            groups.append([])
        groups[-1].append(block)
    return [group for group in groups if group]


def _text(blocks):
    return "\n\n".join(filter(None, map(_block, blocks)))


def _block(block):
    if block.kind == "heading":
        return f"{'#' * block.level} {block.text}"
    if block.kind == "math":
        return f"$$\n{block.text}\n$$"
    if block.kind in FENCED:
        return f"```{FENCED[block.kind]}\n{block.text}\n```"
    if block.kind == "predict":
        return _predict(block)
    if block.kind == "problem":
        return f"**{_prose(block.argument)}.**\n\n{_text(block.children)}"
    if block.kind == "answer":
        return _folded("Answer", _text(block.children))
    if block.kind == "picture":
        return f"*Picture: {_prose(_text(block.children))}*"
    return _prose(block.text) if block.kind == "prose" else ""


def _predict(block):
    choices, prose = parsing.choices(block.text.split("\n"))
    asked = "\n".join(f"- {_prose(choice.text)}" for choice in choices)
    meant = "\n".join(
        f"- {'**Right:** ' if choice.right else ''}{_prose(choice.text)}: {_prose(choice.why)}"
        for choice in choices
    )
    question = f"**{_prose(block.argument)}**\n\n{_prose(prose)}".strip()
    return f"{question}\n\n{asked}\n\n{_folded('What each answer means', meant)}"


def _folded(title, text):
    return f"<details><summary>{title}</summary>\n\n{text}\n\n</details>"


def _prose(text):
    return LINK.sub(r"\1", NUM.sub(r"\1", text))
