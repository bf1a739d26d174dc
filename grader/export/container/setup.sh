#!/bin/sh
# Gradescope runs this to build the image. The grader stays in the source folder, closed to others.
set -e; export DEBIAN_FRONTEND=noninteractive
source=${AUTOGRADER_ROOT:-/autograder}/source venv=${AUTOGRADER_VENV:-/opt/learn-dl}
apt-get update
apt-get install -y python3.11-venv || apt-get install -y python3-venv # Ubuntu 22.04; later ones
apt-get install -y bubblewrap || echo "no bubblewrap: using the kernel's Landlock instead"
"$(command -v python3.11 || echo python3)" -m venv "$venv"
"$venv/bin/pip" install -q -r "$source/requirements.txt"
chmod -R go-rwx "$source"
