"""The vocabulary of the checks: comparisons, gates, expected values, calls of the submission."""
