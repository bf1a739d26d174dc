"""The code on the learner's side of the process boundary; it imports nothing else of the kit."""
