"""Fresh environments, made without a network, in which pip installs the kit from a folder."""

import os
import sys
import sysconfig
import venv
from pathlib import Path

# pip takes the libraries and the build backend that are here, and fetches nothing.
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")} | {
    "PIP_NO_DEPS": "1",
    "PIP_NO_INDEX": "1",
    "PIP_NO_BUILD_ISOLATION": "0",  # pip's way to say: no isolation
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "LEARN_DL_DATA": "",
}


def fresh_environment(folder):
    """The folder of the commands of a new environment that sees the libraries from here."""
    venv.create(folder, with_pip=False)
    paths = {"base": str(folder), "platbase": str(folder)}
    libraries = Path(sysconfig.get_path("purelib", "venv", vars=paths))
    scripts = Path(sysconfig.get_path("scripts", "venv", vars=paths))
    # Python reads no `.pth` file in a folder that is itself named in one, so this does not bring
    # the editable installation of the clone that the tests run from.
    (libraries / "here.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    if os.name == "posix":
        pip, python = scripts / "pip", scripts / "python"
        pip.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pip --python "{python}" "$@"\n')
        pip.chmod(0o755)
    return scripts
