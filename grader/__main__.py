"""Runs `grade` as `python -m grader`."""

import sys

EXIT_USAGE, EXIT_INTERRUPTED = 2, 130  # as in `grader.cli`, which may be what cannot be imported


def main() -> None:
    """Run the command line; Ctrl-C and a missing package give one line, even during imports."""
    try:
        from .cli import main

        main()
    except KeyboardInterrupt:
        _end("stopped", EXIT_INTERRUPTED)
    except ModuleNotFoundError as error:
        package = (error.name or "grader").partition(".")[0]
        if package in {"grader", "data"}:
            raise
        again = "run `pip install -e .` again in the folder of the clone"
        _end(f"the package `{package}` is not installed: {again}", EXIT_USAGE)


def _end(message: str, code: int) -> None:
    print(f"grade: {message}", file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
