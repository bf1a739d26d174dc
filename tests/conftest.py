"""What the tests of the kit share."""

import textwrap

import pytest


@pytest.fixture
def submission(tmp_path):
    """Makes a submission's folder: `submission({"ch1_1_numpy_arrays": "source"})`."""
    return lambda files: write_submission(tmp_path / "submission", files)


def write_submission(folder, files):
    """The folder, with a file for each stem; the source is text or bytes."""
    folder.mkdir(exist_ok=True)
    for stem, source in files.items():
        data = source if isinstance(source, bytes) else textwrap.dedent(source).encode()
        (folder / f"{stem}.py").write_bytes(data)
    return folder
