"""Measurements: how fast the kit and its reference are, and where the accuracy gates come from."""
