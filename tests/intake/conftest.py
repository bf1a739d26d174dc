"""A class that is read both out of a folder and out of a zip."""

import pytest
from support.handed_in import flat, roster_file, written, zipped

from grader.intake import intake


@pytest.fixture(params=["folder", "zip"])
def taken(request, tmp_path):
    """Reads a class, given as a dict of files, out of a folder and out of a zip."""

    def read(files, roster=None):
        path = tmp_path / "class"
        if request.param == "folder":
            written(path, files)
        else:
            path = path.with_suffix(".zip")
            path.write_bytes(zipped(flat(files)))
        return intake.read(path, roster_file(tmp_path, roster))

    return read
