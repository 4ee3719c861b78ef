"""`follow` in the configuration: what status, remind and check are about without an id."""

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.support.commands import documented, result

DAY = ("--as-of", "2024-06-20")


@pytest.fixture
def follow(sealed: Path) -> Path:
    """Follow the Rafah order and the case of Myanmar."""
    path = sealed / "config" / "orderwatch" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text('follow = ["rafah", "178"]\n', encoding="utf-8")
    return path


def ids(text: str) -> set[str]:
    return {item["order"]["id"] for item in documented(text)["obligations"]}


def test_status_is_narrowed_and_says_so(run: Run, follow: Path) -> None:
    del follow
    out = result(run, "status", "--json", *DAY)
    assert ids(out) == {"192/2024-05-24", "178/2020-01-23"}
    assert documented(out)["follow"] == ["rafah", "178"]
    for style in ("plain", "table", "markdown"):
        text = " ".join(result(run, "status", *DAY, "--format", style).split())
        assert "only rafah, 178 (follow in the configuration" in text
        assert "--all shows everything" in text


def test_an_id_and_all_lift_it(run: Run, follow: Path) -> None:
    del follow
    every = result(run, "status", "--json", "--all", *DAY)
    assert len(ids(every)) > 20
    assert documented(every)["follow"] == []
    named = result(run, "status", "gaza", "--json", *DAY)
    assert {name.partition("/")[0] for name in ids(named)} == {"192"}
    assert documented(named)["follow"] == []


def test_check_and_remind_are_narrowed(run: Run, follow: Path) -> None:
    follow.write_text('follow = ["178"]\n', encoding="utf-8")
    limits = ("--max-register-age", "36500")
    code, line, _ = run("check", *DAY, *limits)
    assert (code, "; follows 178 |" in line) == (1, True)
    assert "178/2020-01-23/4" in line
    code, line, _ = run("check", *DAY, *limits, "--all")
    assert (code, "follows" in line) == (1, False)
    assert "192/2024-05-24/3" in line
    assert result(run, "remind", "--dry-run", *DAY, "--before", "4", "--after", "") == ""
    out = result(run, "remind", "--dry-run", *DAY, "--before", "4", "--after", "", "--all")
    assert "rafah/3" in out or "192/2024-05-24/3" in out
    follow.write_text('follow = ["rafah"]\n', encoding="utf-8")
    out = result(run, "remind", "--dry-run", *DAY, "--before", "4", "--after", "")
    assert "only rafah (follow in the configuration" in " ".join(out.split())


def test_export_and_other_lists_stay_whole(run: Run, follow: Path) -> None:
    listed = result(run, "deadlines", "--format", "csv")
    exported = result(run, "export", "json", *DAY)
    follow.unlink()
    assert listed == result(run, "deadlines", "--format", "csv")
    assert exported == result(run, "export", "json", *DAY)


def test_unknown_names_are_reported(run: Run, follow: Path) -> None:
    follow.write_text('follow = ["rafah", "nowhere"]\n', encoding="utf-8")
    code, out, err = run("status", "--json", *DAY)
    assert (code, ids(out)) == (0, {"192/2024-05-24"})
    assert "follow in the configuration: " in err
    assert "nowhere" in err
    # Before the order was made, there is nothing to follow.
    day = ("--as-of", "2024-03-01")
    assert ids(run("status", "--json", *day)[1]) == set()
    code, line, _ = run("check", *day, "--max-register-age", "36500")
    assert (code, line.count("\n")) == (3, 1)
    assert "nowhere" in line
    code, out, _ = run("doctor")
    assert code == 2
    assert "nowhere" in out
    follow.write_text('follow = ["rafah"]\n', encoding="utf-8")
    assert "follow" in run("doctor")[1]
