"""What an audit of the dependencies makes of what it is told."""

import json
import subprocess
from typing import Any

import pytest

from tools import audit

HOLE = {"id": "PYSEC-2018-28", "aliases": ["CVE-2018-18074"], "fix_versions": ["2.20"]}
KNOWN = {"name": "requests", "version": "2.19.0", "vulns": [HOLE]}
SOUND = {"name": "rich", "version": "14.0", "vulns": []}
UNKNOWN = {"name": "orderwatch", "skip_reason": "Dependency not found"}


def told(monkeypatch: pytest.MonkeyPatch, stdout: str, stderr: str = "") -> None:
    def run(argv: list[str], **_: Any) -> subprocess.CompletedProcess[str]:  # noqa: ANN401 - as there
        return subprocess.CompletedProcess(argv, 1, stdout, stderr)

    monkeypatch.setattr(subprocess, "run", run)


def test_a_hole_is_named_and_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, json.dumps({"dependencies": [SOUND, KNOWN, UNKNOWN]}))
    with pytest.raises(SystemExit) as end:
        audit.main()
    assert end.value.code == "requests 2.19.0: PYSEC-2018-28, mended in 2.20"


@pytest.mark.parametrize("name", [HOLE["id"], *HOLE["aliases"]])
def test_one_that_does_not_concern_us_is_allowed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.setattr(audit, "ALLOWED", {name: "We open no connection with it."})
    told(monkeypatch, json.dumps({"dependencies": [SOUND, KNOWN, UNKNOWN]}))
    audit.main()
    assert "3 packages; of 1 the" in capsys.readouterr().out


def test_a_service_that_is_away_is_no_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told(monkeypatch, "", "Traceback\nConnectionError: no name\n")
    audit.main()
    out = capsys.readouterr().out
    assert out == "not audited, no service answered: ConnectionError: no name\n"
