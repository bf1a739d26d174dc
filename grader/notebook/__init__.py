"""Jupyter notebooks of the chapters: made from stubs, checked cell by cell, graded like files."""
