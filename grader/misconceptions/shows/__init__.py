"""Predicates for `wrong(..., recognizes=...)`: signs of a mistake that replaying cannot reveal."""
