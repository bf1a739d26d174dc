"""The command line as people see it: what its arguments mean, and what is printed in reply."""
