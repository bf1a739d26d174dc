"""The boundary between the examiner and a submission.

Calls go over to a worker process as plain data, and answers come back the same way.
"""
