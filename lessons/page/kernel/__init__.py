"""The Python half of the page: it runs in the reader's browser, on the grader as it is.

`scripts/engine.js` calls the public functions of these modules by name, `checking.check` for one,
with keyword arguments; arguments and return values are plain JSON.
"""
