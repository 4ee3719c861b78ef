"""`deadlines`: every deadline as a flat list, past and to come."""

import csv
import io
from datetime import date

import pytest

import orderwatch
from orderwatch.model import DeadlineRow
from tests.conftest import Golden, Run
from tests.support.commands import documented, result

MYANMAR = "178/2020-01-23/4"


def ids(run: Run, *argv: str) -> list[str]:
    """List the ids that the command prints."""
    found = documented(result(run, "deadlines", "--json", *argv))
    return [row["id"] for row in found["deadlines"]]


@pytest.mark.parametrize("style", ["table", "plain", "json", "csv", "markdown"])
def test_every_format(run: Run, golden: Golden, style: str) -> None:
    argv = ("deadlines", "rafah", "icj:192/2024-01-26/6".removeprefix("icj:"))
    out = result(run, *argv, "--as-of", "2024-06-20", "--format", style)
    sha = documented(result(run, "status", "rafah", "--json"))["register"]["sha256"]
    golden(f"cli/deadlines.{style}", out.replace(sha, "<SHA-256>"))


def test_columns_and_rows_are_those_of_the_api(run: Run) -> None:
    out = result(run, "deadlines", "--format", "csv", "--oldest-first", "--as-of", "2026-11-29")
    header, *rows = csv.reader(io.StringIO(out, newline=""))
    assert header == list(DeadlineRow.__annotations__)
    with orderwatch.open_snapshot(as_of="2026-11-29") as snapshot:
        expected = sorted(snapshot.deadlines(), key=lambda row: (row["due"], row["id"]))
    assert [row[0] for row in rows] == [row["id"] for row in expected]
    assert [row[header.index("case")] for row in rows] == [row["case"] for row in expected]


def test_text_has_the_newest_first_and_data_the_oldest(run: Run) -> None:
    oldest = ids(run, MYANMAR)
    assert oldest[0] < oldest[-1]

    def due(*argv: str) -> list[str]:
        out = result(run, "deadlines", MYANMAR, "--format", "plain", *argv)
        return [line.split()[1] for line in out.splitlines() if line.startswith("due: ")]

    newest = [name.partition("@")[2] for name in oldest[::-1]]
    assert due() == newest
    assert due("--oldest-first") == newest[::-1]
    code, out, err = run("deadlines", MYANMAR, "-n", "2", "--json")
    assert [row["id"] for row in documented(out)["deadlines"]] == oldest[-2:]
    assert (code, f"showing 2 of {len(oldest)}" in err) == (0, True)


def test_a_terminal_gets_twenty_and_says_how_many_there_are(run: Run) -> None:
    count = len(ids(run))
    code, out, _ = run("deadlines", tty=True)
    assert code == 0
    assert f"20 of {count} (all: -n {count})" in out
    assert f"20 of {count}" not in result(run, "deadlines")
    assert "(all: -n" not in run("deadlines", "--limit", "500", tty=True)[1]


def test_filters(run: Run) -> None:
    day = ("--as-of", "2024-06-20")
    every = ids(run, *day)
    passed = ids(run, *day, "--passed")
    assert passed
    assert all(name.partition("@")[2] < "2024-06-20" for name in passed)
    assert ids(run, *day, "--due-within", "4") == ["192/2024-05-24/3@2024-06-24"]
    assert ids(run, *day, "--due-within", "3") == []
    since = ids(run, *day, "--since", "1 Jan 2024", "--until", "2024-05-01")
    assert since == [
        name for name in every if "2024-01-01" <= name.partition("@")[2] < "2024-05-01"
    ]
    assert set(ids(run, *day, "--in-force")) < set(every)
    assert ids(run, *day, "--kind", "report", "--party", "israel") == [
        name for name in every if name.startswith("192/")
    ]


def test_party_in_any_role(run: Run) -> None:
    assert ids(run, "--party", "The Gambia", "--any-role") == ids(run, "178")
    code, _, err = run("deadlines", "--any-role")
    assert (code, "--any-role needs --party" in err) == (2, True)
    code, _, err = run("deadlines", "--party", "The Gambia")
    assert (code, "No order is addressed" in err) == (2, True)


@pytest.mark.parametrize(
    "argv",
    [("--passed", "--due-within", "3"), ("--since", "2024-02-01", "--until", "2024-01-01")],
)
def test_filters_that_exclude_each_other(run: Run, argv: tuple[str, ...]) -> None:
    code, out, _ = run("deadlines", *argv)
    assert (code, out) == (2, "")


def test_the_api_takes_the_same_filters() -> None:
    with orderwatch.open_snapshot(as_of="2024-06-20") as snapshot:
        rows = snapshot.deadlines(party="Israel", since="2024-06-01")
        with pytest.raises(orderwatch.UsageError, match="not a kind of obligation"):
            snapshot.deadlines(kind="reports")
    assert [row["due"] for row in rows] == [date(2024, 6, 24)]
