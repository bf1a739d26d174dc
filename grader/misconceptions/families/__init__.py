"""Mistakes that several functions have in common, each written once for all of them."""
