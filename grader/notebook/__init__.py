"""Chapters as Jupyter notebooks: made from stubs, checked cell by cell, graded like files."""
