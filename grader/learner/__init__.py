"""The commands of a single learner: watch, hint, diff, reset, and the board."""
