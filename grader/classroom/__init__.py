"""A whole class: what was handed in, graded and told."""
