"""`changes`: what register and log have gained or corrected since a date."""

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Golden, Run
from tests.support.commands import documented, result
from tests.support.log_commands import NOTE, REPORT, adding, done
from tests.support.paths import CASES

TEXT = """
[[change]]
day = 2026-10-20
ids = ["12-26/2026-09-01/2"]
what = "The date of the report is corrected."
was = "20 October 2026."
why = "A misprint."

[[change]]
day = 2026-11-01
ids = ["13"]
what = "The case is added."
why = "It was left out."
"""
DAY = ("--as-of", "2026-11-29")


@pytest.fixture
def orders(tmp_path: Path) -> str:
    """Write a register with a history."""
    path = tmp_path / "orders.toml"
    path.write_text((CASES / "hamburg.toml").read_text(encoding="utf-8") + TEXT, encoding="utf-8")
    return str(path)


def listed(run: Run, *argv: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = documented(result(run, "changes", "--json", *argv))["changes"]
    return found


def test_the_history_of_the_register(run: Run, orders: str) -> None:
    own = ("--orders", orders, *DAY, "--since")
    corrected, added, order = listed(run, *own, "2026-10-20")
    assert (added["kind"], added["ids"], added["was"]) == ("added", ["13"], None)
    assert (corrected["kind"], corrected["was"]) == ("corrected", "20 October 2026.")
    assert corrected["why"] == "A misprint."
    assert listed(run, *own, "21 October 2026") == [added, order]
    assert listed(run, "release", *own, "2026-01-01") == [corrected]
    assert listed(run, "--orders", orders, "--as-of", "2026-10-30", "--since", "2026-01-01") == [
        corrected
    ]


@pytest.mark.parametrize("style", ["table", "plain", "csv", "markdown"])
def test_every_format(run: Run, golden: Golden, orders: str, style: str) -> None:
    argv = ("--orders", orders, *DAY, "--since", "2026-10-01", "--format", style)
    out = result(run, "changes", *argv)
    sha = documented(result(run, "status", "--orders", orders, "--json"))["register"]["sha256"]
    golden(f"cli/changes.{style}", out.replace(sha, "<SHA-256>"))


@pytest.mark.usefixtures("store")
def test_entries_of_the_log(run: Run) -> None:
    done(run, *adding(base=NOTE))
    done(run, "log", "correct", "1", "--summary", "Rang the Registrar.")
    done(run, *adding(base=NOTE, on="2024-06-02"))
    done(run, "log", "retract", "3", "--why", "A slip.")
    own = [item for item in listed(run, "--since", "today") if item["origin"] == "log"]
    assert [item["kind"] for item in own] == ["added", "corrected", "added", "retracted"]
    assert [item["entry"] for item in own] == [1, 2, 3, 4]
    _, corrected, _, retracted = own
    assert (retracted["ids"], retracted["why"]) == ([REPORT], "A slip.")
    assert (corrected["was"], corrected["what"]) == ("Rang the Registry.", "Rang the Registrar.")
    assert own == [
        item for item in listed(run, "rafah/3", "--since", "today") if item["origin"] == "log"
    ]
    before = listed(run, "--since", "2026-01-01", "--known-on", "yesterday")
    assert [item for item in before if item["origin"] == "log"] == []


def test_a_date_is_needed_and_not_in_the_future(run: Run) -> None:
    assert "--since is missing" in run("changes")[2]
    code, out, err = run("changes", "--since", "2099-01-01")
    assert (code, out) == (2, "")
    assert "is after" in err
