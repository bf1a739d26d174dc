"""Ordinary code in the sandbox: what works there, and what is refused and how that is named.

    python -m tests.support.honest KIND

Prints a JSON object: the name of each entry, and what became of it: "works", the kind of refusal
that the worker gives (see `grader/worker/refusals.py`), or another exception.
"""

import json
import sys
import tempfile
import textwrap
from pathlib import Path

from grader.boundary.process import Worker
from grader.isolation.bubblewrap import Bubblewrap
from grader.isolation.landlock import Landlock

PRELUDE = """
import asyncio, concurrent.futures, getpass, io, logging, multiprocessing, os, platform, random
import secrets, shutil, signal, socket, subprocess, sys, tempfile, threading, time, urllib.request
import warnings
import numpy as np
"""
HONEST = {}  # name -> (what becomes of it, source)


def honest(name, outcome, source):
    HONEST[name] = outcome, textwrap.dedent(source).strip()


honest("writes to /dev/null", "works", "with open(os.devnull, 'w') as f: print('x', file=f)")
honest("reads /dev/null", "works", "assert open(os.devnull).read() == ''")
honest("appends to /dev/null", "works", "with open(os.devnull, 'ab') as f: f.write(bytes(100))")
honest(
    "redirects to /dev/null",
    "works",
    """
    import contextlib
    with open(os.devnull, "w") as f, contextlib.redirect_stdout(f): print("x")
    os.close(os.open(os.devnull, os.O_RDWR))
    """,
)
honest("reads /dev/urandom", "works", "assert len(open('/dev/urandom', 'rb').read(8)) == 8")
honest(
    "draws secrets", "works", "os.urandom(8), secrets.token_hex(), random.SystemRandom().random()"
)
honest("prints to stderr", "works", "print('x', file=sys.stderr); sys.stderr.flush()")
honest("warns", "works", "warnings.warn('x'); warnings.simplefilter('ignore'); warnings.warn('y')")
honest("logs", "works", "logging.basicConfig(); logging.getLogger(__name__).warning('x')")
honest("measures time", "works", "time.sleep(0.01), time.perf_counter(), time.process_time()")
honest("asks about the machine", "works", "platform.platform(), os.cpu_count(), os.uname()")
honest("reads its own file", "works", "assert 'PRELUDE' not in open(__file__).read()")
honest("lists its folder", "works", "os.listdir(os.path.dirname(__file__)), os.getcwd()")
honest("looks whether a file exists", "works", "assert not os.path.exists('/no/such/file')")
honest(
    "saves to memory", "works", "b = io.BytesIO(); np.save(b, np.eye(3)); np.savez(b, np.eye(3))"
)
honest(
    "spools to memory", "works", "tempfile.SpooledTemporaryFile(max_size=2**20).write(bytes(100))"
)
honest(
    "works in four threads",
    "works",
    """
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda i: np.linalg.inv(np.eye(50) + i), range(8)))
    """,
)
honest(
    "sets itself an alarm",
    "works",
    """
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    time.sleep(0.05)
    """,
)
honest(
    "uses SciPy",
    "works",
    """
    import scipy.fft, scipy.integrate, scipy.linalg, scipy.ndimage, scipy.optimize, scipy.signal
    import scipy.sparse.linalg, scipy.spatial, scipy.special, scipy.stats
    A = np.random.default_rng(0).normal(size=(60, 60))
    scipy.linalg.svd(A), scipy.signal.fftconvolve(A, A), scipy.fft.fft2(A, workers=2)
    scipy.optimize.minimize(lambda x: (x**2).sum(), np.ones(3))
    """,
)
honest(
    "draws with Matplotlib, without a home",
    "works",
    """
    import matplotlib.pyplot as plt
    figure, axes = plt.subplots()
    axes.plot([1, 2]); axes.imshow(np.eye(3)); axes.set_title("$x^2$")
    for form in ("png", "svg", "pdf"): figure.savefig(io.BytesIO(), format=form)
    plt.show(); plt.close(figure)
    """,
)
honest("writes a file", "file", "open('weights.txt', 'w')")
honest("saves an array", "file", "np.save('weights.npy', np.eye(3))")
honest("makes a folder", "file", "os.makedirs('out', exist_ok=True)")
honest("reads a file that was not handed in", "file", "open('data.csv')")
honest("makes a temporary file", "file", "tempfile.NamedTemporaryFile()")
honest("makes a temporary folder", "file", "tempfile.TemporaryDirectory()")
honest("logs to a file", "file", "logging.basicConfig(filename='x.log', force=True)")
honest("imports scikit-learn in vain", "works", "import sklearn")
honest("imports what is nowhere in vain", "works", "import no_such_module")
honest("uses scikit-learn", "module", "import sklearn; sklearn.metrics.accuracy_score([1], [1])")
honest("uses what is nowhere", "module", "from no_such_module import name; name(1)")
honest("misspells a chapter", "module", "from ch1_2_matrix_operation import linear")
honest("runs a command", "process", "subprocess.run(['ls'])")
honest("forks", "process", "os.fork()")
honest("opens a pool of processes", "process", "multiprocessing.Pool(2)")
honest("connects", "network", "socket.create_connection(('127.0.0.1', 80))")
honest("downloads", "network", "urllib.request.urlopen('http://example.com')")
honest("makes itself nice", "priority", "os.nice(1)")
honest("runs an event loop", "call", "asyncio.run(asyncio.sleep(0))")
honest("opens a pipe", "call", "os.pipe()")


def main(kind):
    sandbox = {"bubblewrap": Bubblewrap, "landlock": Landlock}[kind]()
    with tempfile.TemporaryDirectory() as folder:
        source = PRELUDE
        for i, (_, body) in enumerate(HONEST.values()):
            source += f"def f{i}():\n{textwrap.indent(body, '    ')}\n"
        Path(folder, "ch1_1_x.py").write_text(source)
        worker, outcomes = Worker(Path(folder), sandbox), {}
        for i, name in enumerate(HONEST):
            reply = worker.call("ch1_1_x", f"f{i}", (), {}, seconds=60)
            raised = reply.raised and (reply.raised["refused"] or reply.raised["message"])
            outcomes[name] = str(reply.died or reply.missing or raised or "works")
        worker.kill()
    print(json.dumps(outcomes))


if __name__ == "__main__":
    main(sys.argv[1])
