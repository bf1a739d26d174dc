"""Tests, in the same folders as the rooms. A package for `python -m tests.support.mutants`."""
