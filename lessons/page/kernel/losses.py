"""Tells the page the losses of a training run while it goes on.

Python's monitoring reads what the learner's loss functions return; the code itself is untouched.
"""

import contextlib
import sys
import time
from pathlib import Path

from . import door

TOOL = sys.monitoring.OPTIMIZER_ID
RETURN = sys.monitoring.events.PY_RETURN
LOSSES = ("_loss", "cross_entropy")  # how the names of loss functions end
TOLD_EVERY = 0.1  # seconds
FEWEST = 5  # losses, before a curve is worth showing


@contextlib.contextmanager
def watched(folder):
    """Tell the page, as `{"losses": [...]}`, what loss functions in this folder return."""
    watch = _Watch(str(Path(folder)))
    sys.monitoring.use_tool_id(TOOL, "losses")
    sys.monitoring.register_callback(TOOL, RETURN, watch.returned)
    sys.monitoring.set_events(TOOL, RETURN)
    try:
        yield
    finally:
        sys.monitoring.set_events(TOOL, 0)
        sys.monitoring.free_tool_id(TOOL)
        sys.monitoring.restart_events()
        watch.tell()


class _Watch:
    def __init__(self, folder):
        self.folder, self.waiting, self.count, self.told = folder, [], 0, time.monotonic()

    def returned(self, code, offset, value):
        name = code.co_name
        if not name.endswith(LOSSES) or not code.co_filename.startswith(self.folder):
            return sys.monitoring.DISABLE
        loss = value[0] if isinstance(value, tuple) and value else value
        with contextlib.suppress(TypeError, ValueError):
            self.waiting.append([name, float(loss)])
        if time.monotonic() - self.told > TOLD_EVERY:
            self.tell()
        return None

    def tell(self):
        self.count += len(self.waiting)
        if self.waiting and self.count > FEWEST:
            outer = self.waiting[-1][0]  # a loss that is made of another one returns last
            door.tell(losses=[loss for name, loss in self.waiting if name == outer])
            self.waiting = []
        self.told = time.monotonic()
