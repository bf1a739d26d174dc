"""Measures Python in the page: times, bytes and memory, in headless Chromium on this machine.

    python -m bench.page SITE

SITE is a folder that `python -m lessons --out SITE` has written. Prints one line per figure.
"""

import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from support.site import Host, browsing, check, open_in  # noqa: E402

from grader.course import registry  # noqa: E402

STEM, NAME = "ch1_1_numpy_arrays", "normalize"
CHECKS = 200
LOOP = "def normalize(X):\n    while True:\n        pass\n"


def source(stem):
    """Return the reference's file."""
    return (ROOT / "solutions" / f"{stem}.py").read_text(encoding="utf-8")


def measure(site):
    """Yield `(what, figure)`."""
    host = Host(site)
    with browsing() as browser:
        context = browser.new_context()
        for cache in ("cold", "warm"):
            page = open_in(context, f"{host.address}/{STEM}.html")
            page.wait_for_load_state("networkidle")
            if cache == "cold":
                yield "bytes before anything is pressed", f"{_received(page) / 1e6:.2f} MB"
            begin = time.perf_counter()
            check(page, STEM, NAME, source(STEM))
            seconds = time.perf_counter() - begin
            yield f"press to first verdict, {cache} cache", f"{seconds:.2f} s"
            if cache == "cold":
                page.evaluate("course.keepForOffline() ?? course.keeping")
                yield (
                    "bytes for the first check, lessons for offline included",
                    (f"{_received(page) / 1e6:.1f} MB"),
                )
            if cache == "cold":
                page.close()
        yield from _verdicts(page)
        yield from _loop(page)
        yield from _memory(page)
        own = [url for url in page.asked if not url.startswith((host.address, "blob:", "data:"))]
        yield "requests to others", len(own)
    host.close()


def _received(page):
    sizes = "performance.getEntries().reduce((sum, entry) => sum + (entry.transferSize || 0), 0)"
    return page.evaluate(sizes)


def _verdicts(page):
    times = []
    for chapter in registry.chapters():
        for name in chapter.functions:
            if "train" in name or "capstone" in name or "color" in name:
                continue
            check(page, chapter.stem, name, source(chapter.stem))  # fetches SciPy where needed
            begin = time.perf_counter()
            check(page, chapter.stem, name, source(chapter.stem))
            times.append(1000 * (time.perf_counter() - begin))
    yield "later verdicts, median", f"{statistics.median(times):.0f} ms"
    yield "later verdicts, 95th percentile", f"{statistics.quantiles(times, n=20)[-1]:.0f} ms"


def _loop(page):
    text = source(STEM).partition("\ndef demo():")[0] + f"\n\n{LOOP}"
    begin = time.perf_counter()
    check(page, STEM, NAME, text)
    told = time.perf_counter()
    check(page, STEM, NAME, source(STEM))
    yield "endless loop: told after", f"{told - begin:.1f} s"
    yield "endless loop: next verdict after that", f"{time.perf_counter() - told:.1f} s"


def _memory(page):
    sizes = []
    for _ in range(CHECKS):
        check(page, STEM, NAME, source(STEM))
        sizes.append(page.evaluate("course.engine.memory"))
    yield f"memory after {CHECKS} checks", f"{sizes[-1] / sizes[10] - 1:+.1%}"


if __name__ == "__main__":
    for what, figure in measure(sys.argv[1]):
        print(f"{figure!s:>10}  {what}", flush=True)
