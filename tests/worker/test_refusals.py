"""What the worker does in the sandbox for code that asks for what is not there."""

from grader.worker import refusals


def test_no_file_takes_the_place_of_a_built_in_module(tmp_path, monkeypatch):
    for name in ("gc", "helper"):
        (tmp_path / f"{name}.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    assert refusals.find("gc", "/") is None  # Python's own finder comes next
    assert refusals.find("helper", "/").origin == str(tmp_path / "helper.py")
