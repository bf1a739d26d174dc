"""The checks of each chapter, as pytest tests; one file per chapter."""
