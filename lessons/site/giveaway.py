"""give."""
def found_in(lesson): return []
