"""Grades a submission: runs the checks of its chapters and turns the outcomes into a result."""
