"""What a learner hands in, as text: files and notebooks are read here and never run."""
