"""What is private, and why it was changed, is in nothing that is published or exported."""

import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.support.log_commands import NOTE, REPORT, add, done, printed
from tests.support.outputs import leaks
from tests.support.paths import SMALL

pytestmark = pytest.mark.usefixtures("store")


@pytest.fixture(autouse=True)
def _small_register(monkeypatch: pytest.MonkeyPatch) -> None:
    """Publish two cases: the log is what could leak."""
    monkeypatch.setenv("ORDERWATCH_ORDERS", str(SMALL))


WITNESS = "Zanzibar"

DONE = [
    ("retract", "--why", f"{WITNESS} is in danger"),
    ("redact", "--why", f"{WITNESS} asked us", "--yes"),
    ("correct", "--summary", f"Met {WITNESS} again."),
]


@pytest.mark.parametrize("first", DONE, ids=lambda argv: str(argv[0]))
def test_neither_text_nor_reasons_of_a_private_entry_leave(
    run: Run, tmp_path: Path, first: tuple[str, ...]
) -> None:
    add(run, base=NOTE, summary=f"Met {WITNESS}.", speaker=WITNESS, private=True)
    add(run, base=NOTE, summary="A public one.")
    done(run, "log", first[0], "1", *first[1:])
    assert leaks(run, tmp_path / "between", WITNESS) == []
    if first[0] != "redact":
        assert run("log", "redact", "1", *DONE[1][1:])[0] == 0
        assert leaks(run, tmp_path / "after", WITNESS) == []
    assert leaks(run, tmp_path / "other", "A public one.")


def test_a_correction_makes_what_it_corrects_private(run: Run, tmp_path: Path) -> None:
    add(run, base=NOTE, summary=f"Met {WITNESS}.")
    assert leaks(run, tmp_path / "before", WITNESS)
    code, _, err = run("log", "correct", "1", "--private", "--summary", "Met somebody.")
    assert code == 0
    assert "entry 1 is private from now on; copies made before" in " ".join(err.split())
    assert leaks(run, tmp_path / "after", WITNESS) == []
    assert printed(run, "log", "show", "1")["private"] is True
    code, _, err = run("log", "correct", "2", "--summary", "Met a person.")
    assert (code, err) == (0, "")
    assert printed(run, "log", "show", "3")["private"] is True


def test_an_export_withholds_what_is_private_and_counts_it(run: Run, tmp_path: Path) -> None:
    add(run, base=NOTE, summary=f"Met {WITNESS}.", private=True)
    add(run, base=NOTE)
    done(run, "log", "retract", "1", "--why", f"{WITNESS} asked.")
    code, out, err = run("log", "export")
    assert (code, WITNESS in out) == (0, False)
    assert err == "the text of 2 private entries was left out; --with-private includes it\n"
    whole = done(run, "log", "export", "--with-private")
    assert whole.count(WITNESS) == 2
    file = tmp_path / "log.jsonl"
    assert run("log", "export", "--output", str(file))[2] == err
    assert file.read_text() == out
    found = printed(run, "log", "verify", str(file))
    assert found["root"] == printed(run, "log", "verify")["root"]


def test_the_count_of_events_gives_no_private_one_away(run: Run) -> None:
    def counted() -> list[int]:
        found = json.loads(done(run, "export", "json", REPORT))
        return [obligation["events"] for obligation in found["obligations"]]

    before = counted()
    add(run, base=NOTE)
    assert counted() == [before[0] + 1]
    assert run("log", "correct", "1", "--private", "--summary", "Met somebody.")[0] == 0
    assert counted() == before
