"""`python -m grader` is `grade`."""

import sys


def main():
    """The command line; Ctrl-C is no traceback even while this is still being imported."""
    try:
        from .cli import main
    except KeyboardInterrupt:
        print("grade: stopped", file=sys.stderr)
        sys.exit(130)
    main()


if __name__ == "__main__":
    main()
