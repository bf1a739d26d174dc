#!/bin/sh
# Gradescope runs this once, while it builds the image; the variables are for trying it elsewhere.
# The grader itself is not installed: it stays in the source, which no submission can read.
set -e
export DEBIAN_FRONTEND=noninteractive
source=${AUTOGRADER_ROOT:-/autograder}/source
venv=${AUTOGRADER_VENV:-/opt/learn-dl}
apt-get update
apt-get install -y python3 python3-venv
apt-get install -y bubblewrap || echo "no bubblewrap: the kernel's Landlock has to do"
python=python3
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then  # Ubuntu 22.04
    apt-get install -y python3.11 python3.11-venv
    python=python3.11
fi
"$python" -m venv "$venv"
"$venv/bin/pip" install -q -r "$source/requirements.txt"
chmod -R go-rwx "$source"
