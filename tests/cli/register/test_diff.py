"""`register diff`: each fact that changed, once."""

import json
from pathlib import Path

import pytest

from orderwatch.register import packaged_path
from tests.cli.register.conftest import Publish
from tests.conftest import Run
from tests.support.commands import documented, result

OLD = """\
schema = 1
reviewed = 2026-11-01
[court]
id = "example"
name = "Example Court"
[source.page]
url = "https://example.org/page"
grade = "copy"
[[case]]
number = 1
short = "Example v. Sample"
title = "Example v. Sample (interim measures)"
applicants = ["Example"]
respondents = ["Sample"]
  [[case.order]]
  date = 2026-01-05
  alias = "first"
  outcome = "indicated"
  sources = ["page"]
    [[case.order.obligation]]
    point = "(1)"
    kind = "report"
    addressees = ["Sample"]
    summary = "Report on the measures taken."
    deadline = { within = { months = 2 } }
    votes = { for = 13, against = 2 }
    [[case.order.decision]]
    point = "(2)"
    kind = "decline"
    summary = "The rest is declined."
[[event]]
id = "ev-1"
date = 2026-02-01
kind = "statement"
speaker = "Sample"
role = "party"
summary = "Sample says that the report is ready."
about = ["1/2026-01-05/1"]
source = "page"
"""
CHANGES = [
    (("reviewed = 2026-11-01", "reviewed = 2026-11-20"), ("register", "register", "reviewed")),
    (('grade = "copy"', 'grade = "court"'), ("source", "page", "grade")),
    (("Example v. Sample (interim", "Sample v. Example (interim"), ("case", "1", "title")),
    (('outcome = "indicated"', 'outcome = "modified"'), ("order", "1/2026-01-05", "outcome")),
    (("months = 2", "months = 3"), ("obligation", "1/2026-01-05/1", "deadline.within.months")),
    (("{ within = { months = 2 } }", '"immediate"'), ("obligation", "1/2026-01-05/1", "deadline")),
    (("for = 13", "for = 12"), ("obligation", "1/2026-01-05/1", "votes.for")),
    (
        ('addressees = ["Sample"]', 'addressees = ["Sample", "Example"]'),
        ("obligation", "1/2026-01-05/1", "addressees"),
    ),
    (("The rest is", "All else is"), ("decision", "1/2026-01-05 (2)", "summary")),
    (('speaker = "Sample"', 'speaker = "Example"'), ("event", "ev-1", "speaker")),
]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Write the old register."""
    path = tmp_path / "old.toml"
    path.write_text(OLD)
    return path


@pytest.mark.parametrize(("change", "fact"), CHANGES)
def test_a_change_is_named_once(
    run: Run, old: Path, change: tuple[str, str], fact: tuple[str, str, str]
) -> None:
    new = old.with_name("new.toml")
    new.write_text(OLD.replace(*change, 1))
    document = documented(result(run, "register", "diff", str(old), str(new), "--json"))
    [item] = document["differences"]
    assert item["kind"] == "changed"
    assert (item["part"], item["id"], item["field"]) == fact
    assert item["was"] != item["now"]
    lines = result(run, "register", "diff", str(old), str(new))
    assert lines.count("difference: ") == 1
    back = documented(result(run, "register", "diff", str(new), str(old), "--json"))
    [other] = back["differences"]
    assert (other["was"], other["now"]) == (item["now"], item["was"])


def test_what_was_added_or_removed_is_named_once_with_what_it_says(run: Run, old: Path) -> None:
    new = old.with_name("new.toml")
    new.write_text(OLD.replace('id = "ev-1"', 'id = "ev-2"'))
    document = documented(result(run, "register", "diff", str(old), str(new), "--json"))
    found = [(x["kind"], x["id"], x["was"] or x["now"]) for x in document["differences"]]
    text = "2026-02-01 Sample: Sample says that the report is ready."
    assert found == [("removed", "ev-1", text), ("added", "ev-2", text)]


def test_of_a_list_only_what_differs_is_printed(run: Run, old: Path) -> None:
    new = old.with_name("new.toml")
    new.write_text(OLD.replace('["Sample"]\n    summary', '["Sample", "Example"]\n    summary'))
    document = documented(result(run, "register", "diff", str(old), str(new), "--json"))
    assert [(x["was"], x["now"]) for x in document["differences"]] == [(None, "Example")]


def test_a_register_does_not_differ_from_itself(run: Run) -> None:
    shipped = str(packaged_path())
    document = documented(result(run, "register", "diff", "shipped", shipped, "--json"))
    assert document["differences"] == []
    assert document["old"]["sha256"] == document["new"]["sha256"]
    assert result(run, "register", "diff", "shipped", shipped) == "differences: none\n"


def test_a_terminal_gets_a_line_for_each(run: Run, old: Path) -> None:
    new = old.with_name("new.toml")
    new.write_text(OLD.replace("for = 13", "for = 12"))
    code, out, err = run("register", "diff", str(old), str(new), tty=True)
    assert (code, err) == (0, "")
    assert "* obligation 1/2026-01-05/1, votes.for: 13 → 12" in out
    assert "1 difference" in out


@pytest.mark.usefixtures("trusted")
def test_an_installed_release_is_named_by_its_number(run: Run, publish: Publish) -> None:
    publish(('short = "', 'short = "The '))
    result(run, "register", "update")
    one = json.loads(result(run, "register", "diff", "shipped", "1", "--json"))
    same = json.loads(result(run, "register", "diff", "shipped", "installed", "--json"))
    assert one["differences"] == same["differences"]
    assert len(one["differences"]) == 1
    code, _, err = run("register", "diff", "shipped", "7")
    assert (code, "no such release is installed: 7" in err) == (2, True)


def test_an_invalid_register_is_an_error_of_the_register(run: Run, old: Path) -> None:
    old.write_text("schema = 1\n")
    code, _, err = run("register", "diff", "shipped", str(old))
    assert (code, "reviewed" in err) == (3, True)
    code, _, err = run("register", "diff", "shipped", str(old.with_name("none.toml")))
    assert (code, "not found" in err) == (3, True)
