"""Measurements: where the accuracy gates come from."""
