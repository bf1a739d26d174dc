"""The words that checks are written in, such as `expect.close`, and what a failed one reports."""
