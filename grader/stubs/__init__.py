"""The reference solutions: one module per chapter, the same names as in `exercises`."""
