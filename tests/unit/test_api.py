"""The public API: what a notebook imports."""

import doctest
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

import orderwatch
from orderwatch import lookup
from orderwatch.model import DeadlineRow
from tests.support.paths import ROOT

COLUMNS = [
    *("id", "due", "weekday", "days_left", "timing", "non_working_day", "computed"),
    *("extended_from", "obligation", "alias", "label", "kind", "case", "case_short"),
    *("order", "order_date", "addressees", "submission_state", "submission_on"),
    *("submission_days_late", "submission_speaker", "submission_source", "url"),
]
FIELDS = {
    "about": ["rafah/3"],
    "kind": "submission",
    "on": "2024-06-24",
    "speaker": "Israel",
    "role": "party",
    "source": "https://example.org/report",
    "summary": "Says that it filed the report.",
}
DAY = "2024-06-26"


def test_the_tutorial_runs() -> None:
    assert doctest.testmod(orderwatch) == doctest.TestResults(0, 11)


def test_the_page_runs(sealed: Path) -> None:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    blocks = [part.split("```")[0] for part in text.split("```python\n")[1:]]
    assert len(blocks) > 2
    done = subprocess.run(  # noqa: S603 - our own page
        [sys.executable, "-c", "\n".join(blocks)],
        capture_output=True,
        text=True,
        cwd=sealed,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    printed = text.split("```text\n")[1].split("```")[0]
    assert done.stdout == printed


def test_five_lines_make_a_data_frame_with_real_dates() -> None:
    with orderwatch.open_snapshot(as_of="2026-11-29") as snapshot:
        frame = pd.DataFrame(snapshot.deadlines())
    frame = frame.astype({"due": "datetime64[s]", "extended_from": "datetime64[s]"})
    assert list(frame.columns) == COLUMNS
    assert frame.due.dt.year.min() < 1980
    extended = frame[frame.extended_from.notna()]
    assert (extended.due > extended.extended_from).all()
    assert frame.id.is_unique


def test_every_deadline_is_there_and_every_date_is_a_date() -> None:
    with orderwatch.open_snapshot(as_of=date(2026, 11, 29)) as snapshot:
        rows = snapshot.deadlines()
        statuses = snapshot.statuses(ended=True)
    assert list(DeadlineRow.__annotations__) == COLUMNS
    assert [row["id"] for row in rows] == [
        item.deadline.id for status in statuses for item in status.deadlines
    ]
    for row in rows:
        assert list(row) == COLUMNS
        assert type(row["due"]) is type(row["computed"]) is date
        assert row["weekday"] == f"{row['due']:%A}"
        assert row["id"] == f"{row['obligation']}@{row['computed']}"
        assert row["label"]


@pytest.mark.parametrize(
    "day",
    ["2024-06-20", "20 June 2024", date(2024, 6, 20), datetime(2024, 6, 20, 9)],  # noqa: DTZ001 - as a notebook has it
)
def test_a_day_is_a_date_or_a_text(day: str | date) -> None:
    with orderwatch.open_snapshot(as_of=day) as snapshot:
        [row] = snapshot.deadlines("rafah/3")
    assert snapshot.as_of == date(2024, 6, 20)
    assert row["days_left"] == 4


def test_a_day_that_is_none_is_an_error() -> None:
    with pytest.raises(orderwatch.UsageError, match="'soon' is not a date"):
        orderwatch.open_snapshot(as_of="soon")


def test_an_event_is_appended_and_read_by_the_next_snapshot(tmp_path: Path) -> None:
    log = tmp_path / "log.db"
    empty_log(log)
    with orderwatch.open_snapshot(as_of=DAY, log=log, write=True) as snapshot:
        event = orderwatch.build_event(FIELDS, snapshot)
        assert event.about == ("192/2024-05-24/3",)
        appended = snapshot.append(event, private=True)
        assert (appended.seq, appended.size) == (1, 1)
        assert snapshot.deadlines("rafah/3")[0]["submission_on"] is None
    with orderwatch.open_snapshot(as_of=DAY, log=log) as snapshot:
        [row] = snapshot.deadlines("rafah/3")
        [recorded] = snapshot.events("rafah/3", origin=orderwatch.Origin.LOG)
    assert (row["submission_on"], row["submission_state"]) == (
        date(2024, 6, 24),
        "reported",
    )
    assert (recorded.id, recorded.seq) == (appended.id, 1)


def empty_log(log: Path) -> None:
    """Make an empty log: one that was named must exist."""
    from orderwatch.log import create_log

    create_log(str(log), None)


def test_an_alias_in_an_event_is_resolved(tmp_path: Path) -> None:
    log = tmp_path / "log.db"
    empty_log(log)
    with orderwatch.open_snapshot(as_of=DAY, log=log, write=True) as snapshot:
        event = orderwatch.build_event(FIELDS, snapshot)
        loose = event.__replace__(about=("rafah/3", "192/2024-05-24/3"))
        snapshot.append(loose)
        with pytest.raises(orderwatch.UsageError, match="rafah/99"):
            snapshot.append(event.__replace__(about=("rafah/99",)))
        stored = snapshot.log.get(1)
        assert stored.event == event.__replace__(
            id=stored.header.id, seq=1, about=("icj:192/2024-05-24/3",)
        )
        assert snapshot.entry("1").event == event.__replace__(id=stored.header.id, seq=1)


def test_nothing_is_appended_without_write(tmp_path: Path) -> None:
    log = tmp_path / "log.db"
    empty_log(log)
    before = log.read_bytes()
    with orderwatch.open_snapshot(as_of=DAY, log=log) as snapshot:
        event = orderwatch.build_event(FIELDS, snapshot)
        with pytest.raises(orderwatch.UsageError, match="write=True"):
            snapshot.append(event)
    assert log.read_bytes() == before


def test_a_closed_snapshot_opens_no_log(tmp_path: Path) -> None:
    log = tmp_path / "log.db"
    empty_log(log)
    with orderwatch.open_snapshot(as_of=DAY, log=log) as snapshot:
        pass
    with pytest.raises(orderwatch.UsageError, match="closed"):
        _ = snapshot.log


def test_a_log_that_was_named_must_exist(tmp_path: Path) -> None:
    with pytest.raises(orderwatch.LogError, match="there is no log at"):
        orderwatch.open_snapshot(log=tmp_path / "none.db")


def test_settings_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERWATCH_LOG", str(tmp_path / "none.db"))
    with pytest.raises(orderwatch.LogError, match=r"none\.db"):
        orderwatch.open_snapshot()


def test_events_are_filtered() -> None:
    with orderwatch.open_snapshot(as_of=DAY) as snapshot:
        found = snapshot.events("192", kind="submission", speaker="south")
        assert found
        assert {event.kind for event in found} == {orderwatch.EventKind.SUBMISSION}
        assert {event.speaker for event in found} == {"South Africa"}
        later = snapshot.events("192", kind="submission", speaker="south", since="1 May 2024")
        assert later == [event for event in found if event.on >= date(2024, 5, 1)]
        with pytest.raises(orderwatch.UsageError, match="unknown kind"):
            snapshot.events(kind="filing")
        with pytest.raises(orderwatch.UsageError, match="no word"):
            snapshot.events(search="…")


def test_the_schedule_of_an_order_is_no_schedule() -> None:
    with orderwatch.open_snapshot(as_of=DAY) as snapshot:
        assert snapshot.schedule("rafah/3").deadlines[0].due == date(2024, 6, 24)
        with pytest.raises(orderwatch.UsageError, match="name one obligation"):
            snapshot.schedule("rafah")


def test_a_register_is_loaded_without_a_snapshot() -> None:
    register = orderwatch.load_register()
    assert lookup.resolve(register, "rafah").id == "192/2024-05-24"


def test_every_public_name_is_there_and_documented() -> None:
    for name in orderwatch.__all__:
        value = getattr(orderwatch, name)
        assert name == "__version__" or value.__doc__
    assert set(orderwatch.__all__) <= set(dir(orderwatch))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = orderwatch.nothing


def test_importing_the_package_imports_no_other_module_of_it() -> None:
    code = "import orderwatch, sys; print(sorted(x for x in sys.modules if 'orderw' in x))"
    done = subprocess.run(  # noqa: S603 - the code above
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "['orderwatch']\n"
