"""What a command line asks for: the folder to grade and the chapters, or a one-line refusal."""

import difflib
from pathlib import Path

import click

from ..course import registry


def folder(given=None):
    """The folder to grade; the default one is looked for in the folders above, too."""
    if given:
        path = Path(given)
        if path.suffix == ".ipynb" and path.is_file():
            raise click.UsageError(
                f"`{given}` is a notebook: name its folder, `--submission {quoted(path.parent)}`; "
                f"`grade run --submission {quoted(given)}` grades the notebook"
            )
        if not path.is_dir():
            raise click.UsageError(f"there is no folder `{given}`: name one with --submission")
        return path
    if found := course():
        return found
    raise click.UsageError(
        "there is no folder `exercises` here: go to the course's folder, or name a folder of "
        "chapter files with --submission"
    )


def course():
    """Return the folder `exercises` here or in a folder above, or None."""
    for above in (Path(), *Path.cwd().parents):
        if (above / "exercises").is_dir():
            return above / "exercises"
    return None


def folder_or_notebook(given=None):
    """Return the folder to grade, or the notebook."""
    book = Path(given or "")
    return book if book.suffix == ".ipynb" and book.is_file() else folder(given)


def opened(given=None):
    """Return the `Submission` that a command names, open until the command ends."""
    from ..submission import submission

    path = folder_or_notebook(given)
    return click.get_current_context().with_resource(submission.opened(path, course()))


def quoted(path):
    """As it is typed on a command line."""
    return f'"{path}"' if " " in str(path) else str(path)


def chapters(names):
    """Those that the names mean: of `grade run 1.1-2.4`, of files, and of functions."""
    try:
        return registry.select(as_chapters(names))
    except registry.UnknownChapter as error:
        raise click.UsageError(str(error)) from None


def as_chapters(names):
    """Return the names, each file and each function replaced by its chapter."""
    return [_chapter_of(name) for name in names]


def chapter(name, whole=False):
    """The one chapter of this name; where it is changed as a `whole`, a function's will not do."""
    if whole and (having := chapters_with(name)):
        raise click.UsageError(
            f"`{name}` is only a part of chapter {having[-1].id}: name the chapter, which changes "
            "as a whole"
        )
    found = chapters([name])
    if len(found) > 1:
        raise click.UsageError(f"`{name}` names {len(found)} chapters: name one, such as 3.2")
    return found[0]


def chapter_and_function(name, function=None):
    """Of `grade hint 3.2 softmax`, `grade hint softmax`, and `grade hint 3.2`, which names None."""
    if function is None and chapters_with(name):
        command = click.get_current_context().info_name
        return only_one(name, f"`grade {command} {{id}} {{name}}`"), name
    found = chapter(name)
    if function is not None and function not in found.functions:
        raise click.UsageError(
            f"chapter {found.id} has no function `{function}`: name one of "
            f"{', '.join(found.functions)}"
        )
    return found, function


def chapters_with(name):
    """The chapters that have a graded function of this name."""
    return [chapter for chapter in registry.chapters() if name in chapter.functions]


def only_one(name, usage):
    """The one chapter with this function; where there are several, `usage` names one of them."""
    having = chapters_with(name)
    if not having:
        hint = did_you_mean(name) or "`grade` lists the chapters"
        raise click.UsageError(f"no chapter has a function `{name}`: {hint}")
    if len(having) > 1:
        ids = [chapter.id for chapter in having]
        example = usage.format(name=name, id=ids[-1])
        raise click.UsageError(
            f"`{name}` is in the chapters {' and '.join(ids)}: "
            f"write {example} for the one of {ids[-1]}"
        )
    return having[0]


def did_you_mean(name):
    """A question after the function that the name is most like, or None."""
    every = {name for chapter in registry.chapters() for name in chapter.functions}
    alike = difflib.get_close_matches(name, sorted(every), 1)
    return f"did you mean `{alike[0]}`?" if alike else None


def _chapter_of(name):
    """The chapter's id or stem where the name is a function's or a file's, else the name."""
    if chapters_with(name):
        return only_one(name, "`{id}`").id
    path = Path(name)
    if path.suffix == ".py" and len(path.parts) > 1:
        _refuse_another_folder(path)
        return path.name
    if name.isidentifier() and not registry.is_name(name) and (hint := did_you_mean(name)):
        raise click.UsageError(f"there is no chapter or function `{name}`: {hint}")
    return name


def _refuse_another_folder(path):
    """A file's path is for its chapter only; it is no way to say which folder is meant."""
    context = click.get_current_context(silent=True)
    graded = folder_or_notebook(context and context.params.get("submission"))
    home = graded.parent if graded.is_file() else graded
    if path.parent.resolve() != home.resolve():
        raise click.UsageError(
            f"`{path}` is not in `{home}`: for another folder add "
            f"`--submission {quoted(path.parent)}`"
        )
