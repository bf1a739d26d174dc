"""Compares the reference's speed with other software: `python -m bench.speed`."""
