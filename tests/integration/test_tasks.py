"""The tasks that CONTRIBUTING names exist, and so do the files that they run."""

import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.paths import ROOT

JUST = shutil.which("just", path=str(Path(sys.executable).parent))
TASKS = (ROOT / "justfile").read_text(encoding="utf-8")
HOOKS = ROOT / ".pre-commit-config.yaml"


@pytest.mark.skipif(JUST is None, reason="just is not installed")
def test_contributing_names_every_task() -> None:
    done = subprocess.run(  # noqa: S603 - of the same environment
        [str(JUST), "--summary"], capture_output=True, check=True, cwd=ROOT, text=True
    )
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert set(done.stdout.split()) == set(re.findall(r"`just (\w+)`", text))


def test_the_files_of_the_tasks_exist() -> None:
    paths = re.findall(r"\b(?:tests|tools|bench)/[\w/.]+", TASKS)
    default = re.search(r'bench \*NAMES="([\w ]+)"', TASKS)
    assert default is not None
    paths += [f"bench/{name}.py" for name in default[1].split()]
    assert len(paths) > 10
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.skipif(find_spec("pre_commit") is None, reason="no pre-commit here")
def test_the_hooks_are_valid() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-config", str(HOOKS)]
    done = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603 - of the same environment
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("message", "accepted"),
    [
        ("log: delete worker processes\n\nWhy.\n", True),
        ("log/sqlite: rename the index\n", True),
        ("log: " + "x" * 67, True),
        ("log: " + "x" * 68, False),
        ("Delete worker processes\n", False),
        ("log: Delete worker processes\n", False),
        ("delete worker processes\n\nlog: a subject in the body\n", False),
    ],
)
def test_a_hook_checks_the_subject_of_a_commit(message: str, *, accepted: bool) -> None:
    text = HOOKS.read_text(encoding="utf-8")
    pattern = re.search(r"id: commit-subject\n.*?entry: '(.*?)'\n", text, re.DOTALL)
    assert pattern is not None
    assert bool(re.search(pattern[1], message, re.MULTILINE)) is accepted
