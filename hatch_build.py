"""Puts all that an installed kit needs into its one package, `grader`.

A clone has `data`, `solutions` and `lessons` next to `grader`; a wheel has them in
`grader/bundled/`, where `grader.course.places` finds them. `exercises` is in no package, because a
learner writes there. The stubs that everyone starts from are in `grader/stubs/`.
"""

from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUNDLED = (
    *("data/*.py", "lessons/**/*", "solutions/*.py", ".vscode/*.json"),
    *("LICENSE", "docs/learners.md", "hatch_build.py", "pyproject.toml"),  # for `grade handout`
)


class BundlingHook(BuildHookInterface):
    """Called by hatchling: see `tool.hatch.build.targets.wheel.hooks` in pyproject.toml."""

    def initialize(self, version, build_data):
        """Add the files to an ordinary wheel; an editable one leads to the clone."""
        if version == "editable":
            return
        root = Path(self.root)
        for pattern in BUNDLED:
            for path in filter(Path.is_file, sorted(root.glob(pattern))):
                name = path.relative_to(root).as_posix()
                if "__pycache__" in path.parts:
                    continue
                build_data["force_include"][str(path)] = f"grader/bundled/{name}"
