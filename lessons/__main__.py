"""`python -m lessons`: build the site, or check the lessons without building it."""

import sys
import tempfile
from pathlib import Path

KIT = Path(__file__).resolve().parents[1]
sys.path[:0] = [] if str(KIT) in sys.path else [str(KIT)]

import click  # noqa: E402 - the kit's own modules may be importable only from here on


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--out", metavar="DIR", help="Build the site into this folder.")
@click.option("--zip", "bundle", metavar="FILE", help="Build the site into one zip.")
@click.option("--epub", metavar="DIR", help="Build an ePub into this folder.")
@click.option("--check", is_flag=True, help="Check code, numbers and form without building.")
@click.option("--report", is_flag=True, help="Print words, equations, pictures and the like.")
@click.option("--workers", metavar="N", default=2, type=click.IntRange(1), show_default=True)
@click.argument("names", nargs=-1, metavar="[CHAPTER]...")
def main(out, bundle, epub, check, report, workers, names):
    """Build the lessons' site. --check and --report take chapters such as 3.4; all by default."""
    if not (out or bundle or epub or check or report):
        options = "--out DIR, --zip FILE, --epub DIR, --check or --report"
        raise click.UsageError(f"say what to do: {options}")
    paths = _chosen(names)
    good = _report(paths) if report else True
    if check:
        good = _check(paths, workers) and good
    for folder, builder in ((out, "html"), (epub, "epub")):
        if folder and good:
            good = _build(_folder(folder), builder, workers)
    if bundle and good:
        good = _bundle(Path(bundle), workers)
    sys.exit(0 if good else 1)


def _bundle(file, workers):
    """Build the site in a folder of its own and put it into one zip."""
    _folder(file.parent)
    with tempfile.TemporaryDirectory() as folder:
        good = _build(Path(folder), "html", workers)
        if good:
            from lessons.page import bundle

            _say(bundle.too_large(folder))
            bundle.write_zip(folder, file)
            click.echo(f"{file}: {file.stat().st_size / 1e6:.0f} MB")
    return good


def _chosen(names):
    """Return the lesson files of the chapters that were named, all when none was."""
    from lessons.site import places

    if not names:
        return places.lesson_files()
    try:
        stems = [chapter.stem for name in names for chapter in places.select(name)]
    except places.UnknownChapter as error:
        raise click.UsageError(str(error)) from None
    missing = [stem for stem in stems if not (places.LESSONS / f"{stem}.md").is_file()]
    if missing:
        raise click.UsageError(f"there is no lesson lessons/{missing[0]}.md")
    return [places.LESSONS / f"{stem}.md" for stem in stems]


def _folder(name):
    folder = Path(name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.UsageError(f"{name} cannot be used as a folder: {error.strerror}") from None
    return folder


def _report(paths):
    from lessons.site import form, parsing

    try:
        text, good = form.report(paths)
    except parsing.LessonError as error:
        text, good = str(error), False
    click.echo(text)
    return good


def _check(paths, workers):
    from lessons.site import building

    mistakes = building.check(paths, workers)
    _say(mistakes)
    if not mistakes:
        click.echo(f"{len(paths)} lessons checked: no mistakes")
    return not mistakes


def _build(folder, builder, workers):
    try:
        from lessons.site import building

        building.build(folder, builder, workers, say=click.echo)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] in {"lessons", "grader", "solutions", "data"}:
            raise
        _say([f"`{error.name}` is not installed: `pip install -e '.[site]'`"])
        return False
    except building.Failed as error:
        _say(error.lines)
        return False
    return True


def _say(lines):
    for line in lines:
        click.echo(line, err=True)


if __name__ == "__main__":
    main()
