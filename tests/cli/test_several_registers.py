"""Several registers at once: ids begin with that of the court."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from orderwatch import clock
from orderwatch import register as load
from tests.conftest import Run
from tests.support.log_commands import NOTE, adding, printed
from tests.support.paths import CASES

HAMBURG = CASES / "hamburg.toml"
BOTH = ("--orders", str(HAMBURG), "--orders", "shipped")


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Write a register whose court and cases have the names of the one in Hamburg."""
    path = tmp_path / "other.toml"
    text = HAMBURG.read_text(encoding="utf-8")
    path.write_text(text.replace('id = "hamburg"', 'id = "kiel"'), encoding="utf-8")
    return path


@pytest.mark.parametrize("words", [("status", "--all"), ("orders",), ("log",)])
def test_every_id_begins_with_its_court(run: Run, words: tuple[str, ...]) -> None:
    document = json.loads(run(*BOTH, *words, "--format", "json")[1])
    rows = document.get("obligations") or document.get("orders") or document["events"]
    assert {row["id"].partition(":")[0] for row in rows} == {"icj", "hamburg"}


@pytest.mark.parametrize("name", ["icj:192", "192", "icj:rafah/3", "rafah/3", "hamburg:release"])
def test_the_court_may_be_left_out_where_it_is_certain(run: Run, name: str) -> None:
    code, out, err = run(*BOTH, "show", name, "--format", "json")
    assert (code, err) == (0, "")
    assert json.loads(out)["subject"].startswith("hamburg:" if "release" in name else "icj:")


def test_a_name_of_two_courts_is_refused(run: Run, other: Path) -> None:
    both = ("--orders", str(HAMBURG), "--orders", str(other))
    code, out, err = run(*both, "show", "release")
    assert (code, out) == (2, "")
    assert "hamburg:12-26/2026-09-01 or kiel:12-26/2026-09-01" in err
    shown = json.loads(run(*both, "show", "kiel:release/2", "--format", "json")[1])
    assert shown["obligations"][0]["alias"] == "kiel:release/2"


def test_an_entry_counts_for_the_case_of_its_court_alone(run: Run, other: Path) -> None:
    one, two = ("--orders", str(HAMBURG)), ("--orders", str(other))
    run(*one, *adding("crew/1", base=NOTE))
    counts = [
        printed(run, *words, "status", "hamburg:crew/1" if words == one + two else "crew/1")[
            "obligations"
        ][0]["events"]
        for words in (one, two, one + two)
    ]
    assert counts == [1, 0, 1]
    (event,) = printed(run, *one, "log", "--origin", "log")["events"]
    assert event["about"] == ["12-26/2026-09-01-2/1"]
    (event,) = printed(run, *two, "log", "--origin", "log")["events"]
    assert event["about"] == ["hamburg:12-26/2026-09-01-2/1"]
    assert '"about":["hamburg:12-26/2026-09-01-2/1"]' in run("log", "export")[1]


def test_an_entry_without_a_court_counts_for_a_register_without_one(
    run: Run, tmp_path: Path
) -> None:
    text = HAMBURG.read_text(encoding="utf-8")
    start, end = text.index("[court]"), text.index("[state.Ruritania]")
    bare = tmp_path / "bare.toml"
    bare.write_text(text[:start] + text[end:], encoding="utf-8")
    run("--orders", str(bare), *adding("crew/1", base=NOTE))
    for path, count in ((bare, 1), (HAMBURG, 0)):
        found = printed(run, "--orders", str(path), "status", "crew/1")
        assert found["obligations"][0]["events"] == count
    (event,) = printed(run, "--orders", str(HAMBURG), "log", "--origin", "log")["events"]
    assert event["about"] == ["?:12-26/2026-09-01-2/1"]
    code, _, err = run("--orders", str(bare), "--orders", str(HAMBURG), "status")
    assert code == 3
    assert f"{bare}: no [court] table with an id" in err


def test_two_registers_of_one_court_are_refused(run: Run) -> None:
    code, _, err = run("--orders", str(HAMBURG), "--orders", str(HAMBURG), "status")
    assert code == 3
    assert "duplicate court id hamburg" in err


def test_registers_come_from_the_environment_and_the_configuration(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = run(*BOTH, "orders")
    monkeypatch.setenv("ORDERWATCH_ORDERS", f"{HAMBURG}:shipped")
    assert run("orders") == expected
    monkeypatch.delenv("ORDERWATCH_ORDERS")
    config = tmp_path / "config.toml"
    config.write_text(f'orders = ["{HAMBURG}", "shipped"]', encoding="utf-8")
    assert run("--config", str(config), "orders") == expected


def test_a_published_folder_has_no_colon_in_a_path(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    code, _, err = run(*BOTH, "publish", str(folder), "hamburg:13", "rafah")
    assert code == 0, err
    assert [path for path in folder.rglob("*") if ":" in path.name] == []
    page = (folder / "orders/icj-192-2024-05-24/index.html").read_text(encoding="utf-8")
    assert "Order of the ICJ" in page or "ICJ" in page
    assert "UID:hamburg:13/2026-10-01/sole@2027-01-10@orderwatch" in run(*BOTH, "export", "ics")[1]


def test_each_court_has_a_day_of_its_own(
    run: Run, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = other.read_text(encoding="utf-8").replace("Europe/Berlin", "Asia/Tokyo")
    other.write_text(text, encoding="utf-8")
    evening = datetime(2026, 12, 14, 18, 0, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: evening)
    both = ("--orders", str(HAMBURG), "--orders", str(other))
    code, out, _ = run(*both, "status", "--format", "json", today=None)
    assert code == 0
    left = {
        row["id"]: [item["days_left"] for item in row["deadlines"]]
        for row in json.loads(out)["obligations"]
    }
    assert left["hamburg:12-26/2026-09-01-2/1"] == [1]
    assert left["kiel:12-26/2026-09-01-2/1"] == [0]
    table = run(*both, "status", "--format", "markdown", today=None)[1]
    assert "Monday 14 December 2026 (Europe/Berlin), Tuesday 15 December 2026 (Asia/Tokyo)" in table


def test_a_register_with_a_court_keeps_its_ids_alone() -> None:
    alone, joined = load.load_register(HAMBURG), load.load_register(HAMBURG, load.packaged_path())
    assert {case.id for case in alone.cases} == {"12-26", "13"}
    assert {court.id for court in joined.courts} == {"hamburg", "icj"}
    assert {name.partition(":")[0] for change in joined.changes for name in change.ids} == {
        "hamburg",
        "icj",
    }
    assert len(joined.events) == len(alone.events) + len(
        load.load_register(load.packaged_path()).events
    )


def _published(run: Run, folder: Path, *words: str) -> tuple[set[str], list[bool]]:
    """Publish; return the ids of proofs, and of each line of the log whether it has a text."""
    code, _, err = run(*words[:-1], "publish", str(folder), *words[-1].split())
    assert code == 0, err
    proofs = {path.name.removesuffix(".tlog-proof") for path in (folder / "proofs").iterdir()}
    lines = (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
    return proofs, [json.loads(line).get("payload") is not None for line in lines]


def test_a_site_publishes_the_entries_of_its_court_alone(
    run: Run, tmp_path: Path, other: Path
) -> None:
    registers = ((str(HAMBURG), "crew/1"), (str(other), "crew/1"), ("shipped", "rafah/3"))
    ids = [
        printed(run, "--orders", path, *adding(name, base=NOTE))["id"] for path, name in registers
    ]
    printed(run, "--orders", str(HAMBURG), *adding("13", base=NOTE))
    for index, (path, _) in enumerate(registers):
        proofs, texts = _published(run, tmp_path / str(index), "--orders", path, "")
        assert ids[index] in proofs
        assert proofs & set(ids) == {ids[index]}
        assert len(texts) == 4
        assert texts[:3] == [number == index for number in range(3)]
    proofs, texts = _published(run, tmp_path / "one", *BOTH, "hamburg:release hamburg:crew rafah")
    assert proofs == {ids[0], ids[2]}
    assert texts == [True, False, True, False]


def test_reminders_are_marked_for_the_deadline_of_a_court(run: Run, other: Path) -> None:
    one, two = ("--orders", str(HAMBURG)), ("--orders", str(other))
    day = date(2026, 11, 15)

    def remind(*words: str) -> str:
        code, out, err = run(*words, "remind", "--before", "30", today=day)
        assert (code, err) == (0, "")
        return out

    def sent(*words: str) -> list[str]:
        return [row["deadline"] for row in printed(run, *words)["reminders"]]

    due = "12-26/2026-09-01-2/1@2026-12-15"
    assert "12-26/2026-09-01-2/1" in remind(*one)
    assert remind(*one) == ""
    assert sent(*one, "remind", "--list") == [due]
    assert sent(*two, "remind", "--list") == [f"hamburg:{due}"]
    assert sent(*two, "remind", "--list", "crew") == []
    assert "kiel:12-26/2026-09-01-2/1" in remind(*one, *two)
    assert remind(*two) == remind(*one) == remind(*one, *two) == ""
    assert sent(*one, *two, "remind", "--list", "kiel:crew") == [f"kiel:{due}"]
    assert sent(*one, "remind", "--list", "crew") == [due]
