"""What runs on the learner's side of the process boundary; imports nothing else of the kit."""
