"""The folders of the kit that more than one module needs."""

from pathlib import Path

KIT = Path(__file__).resolve().parents[1]  # `grader/`
ROOT = KIT.parent
CHAPTERS = KIT / "chapters"
HINTS = KIT / "hints"
STUBS = KIT / "stubs"
REFERENCE = ROOT / "solutions"  # may be absent: the learners' edition comes without it
