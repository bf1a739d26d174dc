"""The course itself: its chapters, stubs and data sets, and the form of a result."""
