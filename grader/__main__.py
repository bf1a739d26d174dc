"""Runs `grade` as `python -m grader`."""

import sys


def main() -> None:
    """Run the command line; Ctrl-C gives no traceback, even while it is still being imported."""
    try:
        from .cli import main
    except KeyboardInterrupt:
        print("grade: stopped", file=sys.stderr)
        sys.exit(130)
    main()


if __name__ == "__main__":
    main()
