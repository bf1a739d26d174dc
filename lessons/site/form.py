"""The report."""
def mistakes(lesson, stem): return []
def report(paths): return "", True
