"""Workers on Windows and macOS, and what a worker and the boundary import."""

import json
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from types import SimpleNamespace

from grader.boundary import process
from grader.isolation import unconfined

# Windows and macOS


def test_starting_and_ending_a_group_on_windows(monkeypatch):
    ran = []
    fake = SimpleNamespace(
        CREATE_NEW_PROCESS_GROUP=512,
        TimeoutExpired=subprocess.TimeoutExpired,
        run=lambda command, **_: ran.append(command),
    )
    monkeypatch.setattr(unconfined, "WINDOWS", True)
    monkeypatch.setattr(unconfined, "subprocess", fake)
    done = []
    process = SimpleNamespace(
        pid=42, kill=lambda: done.append("kill"), wait=lambda timeout: done.append("wait")
    )
    assert unconfined.own_group() == {"creationflags": 512}
    unconfined.kill_group(process)
    assert ran == [["taskkill", "/T", "/F", "/PID", "42"]]
    assert done == ["kill", "wait"]


def test_a_worker_without_posix(monkeypatch):
    from grader.worker import __main__ as main

    monkeypatch.setitem(sys.modules, "resource", None)
    main._limit({"AS": 1})
    monkeypatch.setattr(main, "os", SimpleNamespace(name="nt"))
    main._follow_parent()


def test_a_system_that_refuses_limits(monkeypatch):
    from grader.worker import __main__ as main

    refused = []

    def setrlimit(kind, limits):
        refused.append(limits)
        raise ValueError("not here")

    fake = SimpleNamespace(
        RLIM_INFINITY=-1,
        RLIMIT_AS=0,
        RLIMIT_CORE=1,
        getrlimit=lambda kind: (5, 5),
        setrlimit=setrlimit,
    )
    monkeypatch.setitem(sys.modules, "resource", fake)
    main._limit({"AS": 10, "CORE": 0})
    assert refused == [(5, 5), (0, 0)]


# The folders


def test_the_worker_needs_nothing_else_of_the_kit():
    folder = Path(process.__file__).parents[1] / "worker"
    with tempfile.TemporaryDirectory() as elsewhere:
        for file in folder.glob("*.py"):
            (Path(elsewhere) / file.name).write_bytes(file.read_bytes())
            assert "from ." not in file.read_text()
        settings = unconfined.Unconfined().launch(elsewhere, elsewhere).settings
        ran = subprocess.run(
            [sys.executable, "-I", "-S", elsewhere],
            input=json.dumps(settings).encode() + b"\n",
            capture_output=True,
        )
        assert b"ready" in ran.stdout
        assert ran.stderr == b""
        assert ran.returncode == 0


def test_the_boundary_imports_nothing_slow():
    code = """
    import sys, grader.boundary.process
    print({"pytest", "sklearn", "scipy", "matplotlib", "solutions"} & set(sys.modules))
    """
    root = Path(process.__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, cwd=root
    )
    assert ran.stdout == "set()\n", ran.stderr
