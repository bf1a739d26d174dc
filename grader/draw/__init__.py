"""The drawing board: draw a digit, and the network that the learner has trained reads it.

`strokes` turns a drawing into an image like those of the data set, `reading` trains and reads; the
lessons' pages use both, and the board's script in `grader/draw/page/`. `command` and `server` are
`grade draw`.
"""
