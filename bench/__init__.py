"""Measures the speed of the kit and its reference, and derives the accuracy gates."""
