"""The sandbox, against `tests/support/attacks/`: real workers, real bubblewrap, real Landlock."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from importlib import metadata
from importlib.machinery import SourceFileLoader
from importlib.util import cache_from_source
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from support.attacks import ATTACKS
from support.honest import HONEST
from support.readable_python import open_to_all, readable_python
from support.running import EXERCISES, PATIENCE, ROOT, SOLUTIONS, call_grade, functions

from grader import isolation
from grader.files.reading import LARGEST_FILE
from grader.isolation import launch
from grader.isolation.bubblewrap import Bubblewrap
from grader.isolation.landlock import Landlock
from grader.vocabulary import complaints

QUICK = (
    "an object that equals everything",
    "imports the answers",
    "reads other processes",
    "kills its parent",
    "writes the results",
    "speaks on every channel",
    "a fork bomb",
    "gigabytes as an answer",
    "opens sockets",
    "takes the names that start by themselves",
    "asks for every call",
    "writes wherever there is a folder",
)
# Those that the system has to stop, and not the boundary: they are tried with Landlock, too.
BY_THE_SYSTEM = (
    *("imports the answers", "searches the disk", "reads what is the user's"),
    *("reads other processes", "traces its parent", "kills its parent", "writes the results"),
    *("a fork bomb", "an orphan by raw calls", "a memory bomb", "a thread bomb", "fills the disk"),
    *("fills memory by other doors", "raises its limits", "opens sockets"),
    *("makes a namespace of its own", "touches what belongs to others", "signals of its own"),
    *("kills by a pipe's signal", "signals everybody", "spoils what processes share"),
    *("takes what the machine has few of", "asks for every call", "speaks over abstract sockets"),
    *("more threads than its share", "leaves its core", "writes wherever there is a folder"),
    *("many empty files", "memory that its limit does not count"),
    *("queues signals, of which its user has few", "asks by the numbers of another interface"),
    *("reads what was left open", "calls with arguments of its own"),
    "keeps a state in its data files",
)


@pytest.fixture
def world():
    """A folder that every user may enter, with a secret that one user may read."""
    with open_to_all() as folder:
        secret = folder / "ch1_1_secret.txt"
        secret.write_text("the answers")
        secret.chmod(0o600)
        yield folder


def attack_all(world, kind, names, python=(sys.executable,), environment=()):
    """name -> result of the attacks, and of an honest submission after each dozen."""
    folders = []
    for index, name in enumerate(names):
        folders.append(world / name)
        folders[-1].mkdir()
        for file, source in ATTACKS[name].items():
            (folders[-1] / file).write_text(source, encoding="utf-8")
        (folders[-1] / "link.py").symlink_to(SOLUTIONS / "ch1_1_numpy_arrays.py")
        if index % 12 == 11 or index == len(names) - 1:
            folders.append(world / f"honest {index}")
            shutil.copytree(SOLUTIONS, folders[-1], ignore=shutil.ignore_patterns("__pycache__"))
    runs = [
        subprocess.Popen(
            [*python, *("-m", "tests.support.grade_each"), kind, *map(str, part)],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(world)} | dict(environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for part in (folders[::2], folders[1::2])
    ]
    results = {}
    for run in runs:
        out, errors = run.communicate(timeout=500)
        assert run.returncode == 0, errors
        results |= dict(map(json.loads, out.splitlines()))
    assert set(results) == {folder.name for folder in folders}
    return results


def harm(results):
    """What an attack achieved: points, or a word of success in what it printed."""
    for name, result in results.items():
        checks = [check for function in functions(result).values() for check in function["checks"]]
        said = [c["message"] for c in checks if "LEAKED" in c["message"] or "DID" in c["message"]]
        if name.startswith("honest"):
            if result["score"] != result["max_score"]:
                yield name, result["score"], [c["message"] for c in checks if c["message"]][:1]
        elif result["score"] or said:
            yield name, result["score"], said[:1]


def files_and_processes(world):
    """Everything that an attack could have changed around it."""
    places = [world / "ch1_1_secret.txt", *SOLUTIONS.glob("*.py"), *EXERCISES.glob("*.py")]
    places += [launch.WORKER / "wire.py", Path(launch.libraries()[0]) / "__init__.py"]
    files = [
        (str(p), p.stat().st_mode, p.stat().st_mtime_ns, p.stat().st_size, p.stat().st_uid)
        for p in places
    ]
    forged = ("/x", "/dev/shm/x", "/var/tmp/x", "/tmp/x.json", "/tmp/pickled", "/results.jsonl")
    return files, [path for path in forged if Path(path).exists()], sorted(os.listdir(Path.home()))


def survivors(world):
    """Processes of these sandboxes that are still there: their command names their folder."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if str(world).encode() in (process / "cmdline").read_bytes():
                yield process.name


@pytest.mark.slow
@pytest.mark.needs("bubblewrap")
def test_attacks_earn_nothing_and_change_nothing(world):
    before = files_and_processes(world)
    assert list(harm(attack_all(world, "bubblewrap", QUICK))) == []
    assert files_and_processes(world) == before
    assert list(survivors(world)) == []


@pytest.mark.needs("bubblewrap")
@pytest.mark.exhaustive
def test_the_other_attacks_do_not_either(world):
    before = files_and_processes(world)
    names = [name for name in ATTACKS if name not in QUICK]
    assert list(harm(attack_all(world, "bubblewrap", names))) == []
    assert files_and_processes(world) == before
    assert list(survivors(world)) == []


@pytest.mark.exhaustive
@pytest.mark.needs("landlock")
def test_no_attack_passes_landlock_either(world):
    before = files_and_processes(world)
    assert list(harm(attack_all(world, "landlock", BY_THE_SYSTEM, *readable_python(world)))) == []
    assert files_and_processes(world) == before
    assert list(survivors(world)) == []


# What honest code may do


def outcomes(kind, python=(sys.executable,), environment=()):
    done = subprocess.run(
        [*python, "-m", "tests.support.honest", kind],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | dict(environment),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.needs("bubblewrap")
def test_ordinary_code_works_or_its_refusal_is_named():
    assert outcomes("bubblewrap") == {name: outcome for name, (outcome, _) in HONEST.items()}


@pytest.mark.needs("landlock")
def test_ordinary_code_fares_the_same_under_landlock(world):
    expected = {name: outcome for name, (outcome, _) in HONEST.items()}
    assert outcomes("landlock", *readable_python(world)) == expected


def test_each_kind_of_refusal_has_a_sentence():
    kinds = {outcome for outcome, _ in HONEST.values()} - {"works"}
    assert kinds | {"signal", "thread"} == set(complaints.REFUSED)


@pytest.mark.needs("bubblewrap")
def test_a_learner_reads_what_was_refused(tmp_path):
    (tmp_path / "ch1_1_numpy_arrays.py").write_text(
        "import numpy as np\ndef normalize(X):\n    np.save('x.npy', X)\n"
    )
    done = call_grade("run", "1.1", "--submission", tmp_path, "--isolation", "sandbox")
    assert "in the sandbox a submission can read only its own files" in one_line(done.stdout)


AROUND = """
import os, subprocess
import matplotlib.pyplot as plt
plt.plot([1, 2]); plt.savefig("plot.png")
with open("log.txt", "w") as log:
    log.write("done")
{functions}
np.save("weights.npy", np.eye(3))
subprocess.run(["pip", "install", "numpy"])
os.makedirs("out/pictures")
"""


@pytest.mark.needs("bubblewrap")
def test_what_is_refused_between_the_functions_costs_none_of_their_points(tmp_path):
    file = "ch1_3_activation_basics.py"
    source = (SOLUTIONS / file).read_text(encoding="utf-8")
    future = "from __future__ import annotations\n"
    (tmp_path / file).write_text(future + AROUND.format(functions=source), encoding="utf-8")
    done = call_grade("run", "1.3", "--submission", tmp_path, "--isolation", "sandbox")
    assert done.returncode == 0, done.stdout
    assert os.listdir(tmp_path) == [file]


@pytest.mark.needs("bubblewrap")
def test_a_refused_value_that_the_file_builds_on_is_named(tmp_path):
    (tmp_path / "ch1_3_activation_basics.py").write_text(
        "log = open('log.txt', 'w')\ndef sigmoid(z):\n    return z\n"
    )
    done = call_grade("run", "1.3", "--submission", tmp_path, "--isolation", "sandbox")
    assert done.returncode == 1
    assert "in the sandbox a submission can read only its own files" in one_line(done.stdout)


def one_line(text):
    return " ".join(text.split())


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("bubblewrap", marks=pytest.mark.needs("bubblewrap")),
        pytest.param("landlock", marks=pytest.mark.needs("landlock")),
    ],
)
def test_nothing_that_the_course_needs_is_refused(world, kind):
    python, environment = readable_python(world) if kind == "landlock" else ((sys.executable,), {})
    path = {} if kind == "bubblewrap" else {"PATH": str(world)}  # where there is no `bwrap`
    file = world / "result.json"
    options = ("--isolation", "sandbox", "--submission", SOLUTIONS, "--json", file)
    done = subprocess.run(
        [*python, "-m", "grader", "run", "all", "--data", "digits", *map(str, options)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | dict(environment) | path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(file.read_text())
    assert (result["sandbox"], result["score"]) == (kind, result["max_score"])


# Next to others

WORST = """
import threading, numpy as np
def busy():
    A = np.ones((700, 700))
    while True: A @ A
for _ in range(58):
    try: threading.Thread(target=busy, daemon=True).start()
    except RuntimeError: break
def spin(*args, **kwargs):
    while True: np.ones((700, 700)) @ np.ones((700, 700))
normalize = one_hot = spin
"""


@pytest.mark.exhaustive
@pytest.mark.needs("sandbox")
@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two cores")
def test_the_worst_neighbor_costs_no_points_and_little_time(tmp_path):
    (tmp_path / "ch1_1_numpy_arrays.py").write_text(WORST)
    command = [sys.executable, "-m", "grader", "run", "--isolation", "sandbox", "--submission"]
    neighbor = [*command, str(tmp_path), "1.1"]

    def grade_reference():
        begin, file = time.perf_counter(), tmp_path / "result.json"
        subprocess.run(
            [*command, str(SOLUTIONS), "1-3", "--json", str(file)],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        return time.perf_counter() - begin, json.loads(file.read_text())

    alone, _ = grade_reference()
    with subprocess.Popen(neighbor, cwd=ROOT, stdout=subprocess.DEVNULL) as other:
        try:
            time.sleep(2)  # until it is at work
            beside, result = grade_reference()
        finally:
            other.terminate()
    assert result["score"] == result["max_score"]
    assert beside < 3 * alone + 2


@pytest.mark.needs("linux")
def test_examiners_stay_on_different_cores_as_long_as_there_are_some():
    cores = sorted(os.sched_getaffinity(0))[:2]
    name = f"\\0learn-dl-test-{os.getpid()}-{{}}"  # for other tests may have taken the cores
    code = f"import os, sys; from grader.isolation import cores; cores.NAME = '{name}'; "
    code += f"os.sched_setaffinity(0, {cores}); cores.stay(); "
    code += "print(cores.own(), *os.sched_getaffinity(0), flush=True); sys.stdin.read()"
    with contextlib.ExitStack() as stack:
        examiners = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-W", "always::ResourceWarning", "-c", code],
                    cwd=ROOT,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
            for _ in range(len(cores) + 1)
        ]
        told = [list(map(int, examiner.stdout.readline().split())) for examiner in examiners]
        said = [examiner.communicate("")[1] for examiner in examiners]
    assert said == [""] * len(said)  # such as a warning of a socket that is left open
    assert all(own in kept for own, *kept in told)
    assert sorted(kept for _, *kept in told) == sorted([*([core] for core in cores), cores])


# What it is told and tells


@pytest.mark.needs("bubblewrap")
def test_one_submission_is_graded_in_the_sandbox(tmp_path):
    file = tmp_path / "result.json"
    done = call_grade(
        "run", "1.1", "--submission", SOLUTIONS, "--isolation", "sandbox", "--json", file
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(file.read_text())
    assert (result["isolation"], result["sandbox"]) == ("sandbox", "bubblewrap")
    assert result["score"] == result["max_score"] > 0


@pytest.mark.needs("linux")
def test_without_a_sandbox_nothing_is_graded(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(Landlock, "missing", lambda self: "the kernel is too old")
    isolation.choose.cache_clear()
    with pytest.raises(isolation.Unavailable) as caught:
        isolation.choose("sandbox")
    isolation.choose.cache_clear()
    assert "`bwrap` is not installed" in str(caught.value)
    assert "the kernel is too old" in str(caught.value)
    assert "--isolation none" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("sandbox", [Bubblewrap(), Landlock()])
def test_other_systems_have_no_sandbox(sandbox, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert sandbox.missing() == "it needs Linux"


def test_a_submission_may_import_what_the_libraries_need():
    needed, waiting = set(), ["numpy", "scipy", "matplotlib"]
    while waiting:
        name = waiting.pop()
        for line in metadata.requires(name) or []:
            requirement = Requirement(line)
            if requirement.marker is None and requirement.name not in needed:
                needed.add(requirement.name)
                waiting.append(requirement.name)
    tops = {
        file.parts[0]
        for name in needed | {"numpy", "scipy", "matplotlib"}
        for file in metadata.files(name)
        if file.suffix in (".py", ".so") and len(file.parts) > 1 and file.parts[0] != ".."
    }
    tops = {top for top in tops if not top.startswith(("_", "pylab")) and "test" not in top}
    assert tops - {Path(path).name for path in launch.libraries()} == set()


def test_what_is_staged_are_regular_python_files(tmp_path):
    source, home = tmp_path / "source", tmp_path / "home"
    (source / "package" / ".hidden").mkdir(parents=True)
    home.mkdir()
    (source / "ch1_1_numpy_arrays.py").write_text("x = 1")
    (source / "package" / "helper.py").write_text("y = 1")
    (source / "package" / ".hidden" / "other.py").write_text("z = 1")
    (source / "data.txt").write_text("no")
    (source / "huge.py").write_bytes(b" " * (LARGEST_FILE + 1))
    (source / "link.py").symlink_to(__file__)
    (source / "folder.py").mkdir()
    os.mkfifo(source / "pipe.py")
    launch.stage(source, home)
    staged = sorted(p.relative_to(home).as_posix() for p in (home / "submission").rglob("*.py"))
    assert staged == ["submission/ch1_1_numpy_arrays.py", "submission/package/helper.py"]


def test_a_worker_compiles_none_of_its_own_files(tmp_path, monkeypatch):
    launch.stage(None, tmp_path)
    monkeypatch.setattr(SourceFileLoader, "source_to_code", None)
    for path in (tmp_path / "worker").glob("*.py"):
        code = SourceFileLoader(path.stem, str(path)).get_code(path.stem)
        assert code.co_filename == str(path)
        assert str(ROOT).encode() not in Path(cache_from_source(path)).read_bytes()
