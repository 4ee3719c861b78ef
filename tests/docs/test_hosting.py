"""The files of docs/reference/hosting.md are valid, and what they run works."""

import re
import shlex
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Run
from tests.support.log_commands import done
from tests.support.paths import CASES, ROOT, SMALL

TEXT = (ROOT / "docs" / "reference" / "hosting.md").read_text(encoding="utf-8")
WORKFLOW, CONFIG = map(
    yaml.safe_load, re.findall(r"^```yaml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
)
[HOOK] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))


def steps(job: str) -> list[dict[str, Any]]:
    return list(WORKFLOW["jobs"][job]["steps"])


def test_the_workflow_runs_each_morning_with_the_rights_it_needs() -> None:
    triggers = WORKFLOW[True]  # YAML 1.1 reads `on` as true
    [schedule] = triggers["schedule"]
    minute, hour, *days = schedule["cron"].split()
    assert (0 <= int(minute) < 60, 2 < int(hour) < 6, days) == (True, True, ["*"] * 3)
    assert WORKFLOW["permissions"] == {"contents": "read"}
    rights = {name: job["permissions"] for name, job in WORKFLOW["jobs"].items()}
    assert rights == {
        "build": {"contents": "read", "pages": "read"},
        "deploy": {"pages": "write", "id-token": "write"},
    }
    assert WORKFLOW["jobs"]["deploy"]["needs"] == "build"


def test_the_workflow_refers_to_steps_that_exist() -> None:
    for name, job in WORKFLOW["jobs"].items():
        ids = {step["id"] for step in steps(name) if "id" in step}
        assert set(re.findall(r"steps\.(\w+)\.", str(job))) <= ids
        for step in steps(name):
            assert "run" in step or re.fullmatch(r"actions/[\w-]+@v\d+", step["uses"])


def test_the_workflow_uploads_what_it_publishes(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    [step] = [step for step in steps("build") if "orderwatch" in step.get("run", "")]
    assert set(step["env"]) == {"BASE_URL"}
    command = step["run"].replace("$BASE_URL", "https://example.org/icj")
    done(run, *shlex.split(command)[1:], "rafah")
    [upload] = [step for step in steps("build") if "upload-pages" in step.get("uses", "")]
    assert (
        "https://example.org/icj/"
        in (tmp_path / upload["with"]["path"] / "sitemap.xml").read_text()
    )


@pytest.mark.skipif(find_spec("pre_commit") is None, reason="needs pre-commit, of the extra lint")
def test_the_hook_is_one_that_pre_commit_loads() -> None:
    from pre_commit.clientlib import load_manifest  # type: ignore[import-untyped]

    [loaded] = load_manifest(str(ROOT / ".pre-commit-hooks.yaml"))
    assert loaded["id"] == CONFIG["repos"][0]["hooks"][0]["id"] == HOOK["id"]
    for name, matches in (("orders.toml", True), ("a/orders.toml", True), ("reorders.toml", False)):
        assert bool(re.search(HOOK["files"], name)) is matches


def test_the_hook_checks_each_of_several_files(run: Run, tmp_path: Path) -> None:
    words = shlex.split(HOOK["entry"])[1:]
    good, other, bad = str(SMALL), str(CASES / "hamburg.toml"), tmp_path / "orders.toml"
    assert done(run, *words, good, other).count(": valid: ") == 2
    bad.write_text('schema = 1\nreviewed = "soon"\n', encoding="utf-8")
    code, out, err = run(*words, good, str(bad))
    assert (code, out, str(bad) in err, "reviewed" in err) == (3, "", True, True)
