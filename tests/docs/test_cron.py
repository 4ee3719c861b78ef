"""The lines of docs/remind.md work as printed, in the bare environment of cron."""

import re
import time
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orderwatch import clock
from tests.conftest import Run
from tests.support.cron_machine import (
    CONFIG,
    LINES,
    MAILED,
    PINGED,
    PRINTED,
    PROGRAM,
    REPORTED,
    SETTING,
    SETTINGS,
    SHARED,
    Machine,
    blocks,
)
from tests.support.smtp_servers import office

[TOML] = blocks("toml")


@pytest.mark.parametrize("line", LINES)
def test_each_line_is_one_that_cron_reads(line: str) -> None:
    if not SETTING.match(line):
        assert re.match(r"(\d+|\*)( (\d+|\*)){4} /", line)
        assert not re.search(r"(?<!\\)%", line), "cron takes it for a line break"


def test_what_is_printed_is_printed_once(tmp_path: Path) -> None:
    with office() as post:
        machine = Machine(tmp_path, post)
        code, out, err = machine.morning(PRINTED, "2026-11-23")
        assert (code, err) == (0, "")
        assert out.startswith("Myanmar's report to the ICJ is due on 23 November 2026, today")
        assert machine.morning(PRINTED, "2026-11-23") == (0, "", "")
        assert machine.morning(PRINTED, "2026-11-24")[1].startswith(
            "Myanmar's report to the ICJ was due on 23 November 2026, 1 day ago"
        )
        assert post.arrived == []


def test_what_is_mailed_leaves_nothing_for_cron(tmp_path: Path) -> None:
    both = ["desk@example.org", "partner@example.org"]
    with office() as post:
        machine = Machine(tmp_path, post)
        for _ in range(2):
            assert machine.morning(MAILED, "2026-11-23") == (0, "", "")
            assert post.recipients() == both


def test_the_sign_of_life_is_given_also_in_silence_and_not_after_a_failure(
    tmp_path: Path,
) -> None:
    with office() as post:
        machine = Machine(tmp_path, post)
        post.data = "451 later"
        code, out, err = machine.morning(PINGED, "2026-11-23")
        assert (code, out, machine.calls) == (5, "", 0)
        assert "451 later" in err
        post.data = None
        assert machine.morning(PINGED, "2026-11-23") == (0, "", "")
        assert machine.morning(PINGED, "2026-11-23") == (0, "", "")
        assert machine.calls == 2
        assert post.recipients() == ["desk@example.org"]


def test_the_code_of_a_run_is_reported(tmp_path: Path) -> None:
    with office() as post:
        machine = Machine(tmp_path, post)
        post.data = "451 later"
        assert machine.morning(REPORTED, "2026-11-23")[:2] == (0, "")
        post.data = None
        assert machine.morning(REPORTED, "2026-11-23") == (0, "", "")
    ends = [call.rpartition("/")[2] for call in machine.called]
    assert ends == ["5", "0"]


def test_the_line_for_a_shared_log_is_the_line_for_one(tmp_path: Path) -> None:
    assert PINGED.partition(" && ")[0] == SHARED
    with office() as post:
        machine = Machine(tmp_path, post)
        for _ in range(2):
            assert machine.morning(SHARED, "2026-11-23") == (0, "", "")
        assert post.recipients() == ["desk@example.org"]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_today_is_today_in_the_hague_whatever_the_zone_of_the_machine(
    zone: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The two zones are never on the same day."""
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    monkeypatch.setattr(clock, "now", lambda: late)
    out = run("remind", "178", "--dry-run", today=None)[1]
    assert "Due today: Monday 23 November 2026" in out


def test_the_configuration_is_one_that_can_be_used(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "orderwatch.toml"
    path.write_text(TOML, encoding="utf-8")
    code, out, err = run("--config", str(path), "config")
    assert (code, err) == (0, "")
    tables = tomllib.loads(TOML)
    for name in (f"{table}.{key}" for table, keys in tables.items() for key in keys):
        assert f"{name}: " in out
    assert "orderwatch.password" not in out


def test_the_units_run_the_line_of_the_crontab() -> None:
    service, timer = blocks("ini")
    [start] = re.findall(r"^ExecStart=(.*)$", service, re.MULTILINE)
    assert start.split(" remind ")[0] == PROGRAM
    assert start in PINGED
    assert f"Environment=ORDERWATCH_CONFIG={CONFIG}\n" in service
    assert SETTINGS["ORDERWATCH_CONFIG"] == CONFIG
    assert "Persistent=true" in timer
