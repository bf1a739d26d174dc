"""Grades a whole class and records the results."""
