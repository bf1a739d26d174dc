"""The learner's edition: what an instructor hands out, ready to become a repository."""
