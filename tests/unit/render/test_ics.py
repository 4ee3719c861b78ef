"""Calendar files: read by others' programs, and the same event when a date moves."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import vobject  # type: ignore[import-untyped]
from icalendar import Calendar

from orderwatch.frozen import replace
from orderwatch.model import CaseFile, Site, Status
from orderwatch.render.ics import calendar
from orderwatch.revisions import Revisions
from tests.conftest import Run
from tests.support import sites
from tests.support.hostile import ALL
from tests.support.log_commands import MYANMAR, REPORT, adding, done


def read(data: bytes) -> dict[str, dict[str, str]]:
    """Read a calendar with a parser that did not write it: each event by its UID."""
    parsed = vobject.readOne(data.decode())
    found = {}
    for event in parsed.contents.get("vevent", []):
        facts = {
            name: str(one[0].value) for name, one in event.contents.items() if name != "valarm"
        }
        facts["alarms"] = str(len(event.contents.get("valarm", [])))
        found[facts["uid"]] = facts
    return found


def of(site: Site) -> bytes:
    return calendar(site.view, site.cases, Revisions(), ended=True)


def test_every_deadline_is_a_whole_day_that_others_can_read() -> None:
    site = sites.site()
    found = read(of(site))
    expected = {
        f"{item.deadline.id}@orderwatch": item.deadline.due
        for case_file in site.cases
        for status in case_file.statuses
        for item in status.deadlines
    }
    assert {uid: facts["dtstart"] for uid, facts in found.items()} == {
        uid: day.isoformat() for uid, day in expected.items()
    }
    assert len(found) > 30
    assert of(site) == of(site)


def test_lines_are_short_and_end_as_they_should() -> None:
    data = of(sites.hostile())
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert b"\n" not in data.replace(b"\r\n", b"")


def test_a_date_that_moves_keeps_its_uid_and_counts_on(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "log.sqlite"
    done(run, "--log", str(log), "init")
    command = ("--log", str(log), "export", "ics", REPORT)
    seen = []
    for to in (None, "2024-07-24", "2024-08-24"):
        if to:
            move = adding(kind="court-decision", role="court", extends_to=to)
            done(run, "--log", str(log), *move)
        [(uid, facts)] = read(done(run, *command).encode()).items()
        seen.append((uid, facts["sequence"], facts["dtstart"]))
    # Taken back, the earlier date counts again, and the number goes on.
    done(run, "--log", str(log), "log", "retract", "2", "--why", "A mistake.")
    [(uid, facts)] = read(done(run, *command).encode()).items()
    seen.append((uid, facts["sequence"], facts["dtstart"]))
    name = f"{REPORT}@2024-06-24@orderwatch"
    assert {uid for uid, _, _ in seen} == {name}
    numbers = [int(number) for _, number, _ in seen]
    assert numbers == sorted(set(numbers))
    assert [day for _, _, day in seen] == ["2024-06-24", "2024-07-24", "2024-08-24", "2024-07-24"]


def test_what_no_longer_comes_is_cancelled(run: Run) -> None:
    before = read(done(run, "export", "ics", "150", "--as-of", "2015-12-15").encode())
    after = read(done(run, "export", "ics", "150", "--as-of", "2016-01-01").encode())
    assert before.keys() <= after.keys()
    gone = {uid for uid, facts in after.items() if facts.get("status") == "CANCELLED"}
    assert gone
    for uid in gone & before.keys():
        assert int(after[uid]["sequence"]) > int(before[uid]["sequence"])
    assert all(facts.get("status") is None for facts in before.values())


def test_alarms_stand_before_every_date(run: Run) -> None:
    found = read(
        done(run, "export", "ics", MYANMAR, "--alarm", "7,1", "--as-of", "2026-11-01").encode()
    )
    assert [facts["alarms"] for facts in found.values()] == ["0"] * (len(found) - 1) + ["2"]
    made = Calendar.from_ical(
        done(run, "export", "ics", REPORT, "--alarm", "0,30", "--as-of", "2024-05-24")
    )
    alarms = made.walk("VALARM")
    assert [one.decoded("TRIGGER").days for one in alarms] == [-30, 0]
    assert alarms[0]["DESCRIPTION"] == "Israel's report to the ICJ is due in 30 days"


@pytest.mark.parametrize(
    ("day", "days"),
    [
        ("2024-05-24", [-30, -7, 0]),
        ("2024-05-25", [-7, 0]),
        ("2024-06-23", [0]),
        ("2024-06-24", []),
    ],
)
def test_no_alarm_sounds_for_a_time_that_is_past(run: Run, day: str, days: list[int]) -> None:
    argv = ("export", "ics", REPORT, "--alarm", "30,7,0", "--as-of", day)
    alarms = Calendar.from_ical(done(run, *argv)).walk("VALARM")
    assert [one.decoded("TRIGGER").days for one in alarms] == days


def test_a_submission_on_record_silences_the_alarms(run: Run) -> None:
    done(run, *adding(on="2024-06-01"))
    argv = ("export", "ics", REPORT, "--alarm", "7", "--as-of", "2024-06-02")
    assert not Calendar.from_ical(done(run, *argv)).walk("VALARM")


def test_past_dates_of_cases_that_ended_come_on_request(run: Run) -> None:
    short, whole = (read(done(run, "export", "ics", *more).encode()) for more in ((), ("--all",)))
    gone = whole.keys() - short.keys()
    assert gone
    assert {uid.partition("/")[0] for uid in gone} == {"55", "56", "69", "150"}
    assert read(done(run, "export", "ics", "150").encode()).keys() <= gone


def test_a_calendar_says_where_it_is_from_and_when_to_look_again(run: Run) -> None:
    url = "https://example.org/icj/"
    made = Calendar.from_ical(done(run, "export", "ics", REPORT, "--base-url", url))
    assert (str(made["SOURCE"]), str(made["URL"])) == (f"{url}deadlines.ics", url)
    assert made.decoded("REFRESH-INTERVAL").days == 1
    text = done(run, "export", "ics", REPORT)
    assert "REFRESH-INTERVAL;VALUE=DURATION:P1D" in text
    assert "SOURCE" not in text


def test_hostile_text_stays_text() -> None:
    site = sites.site(192)
    [case_file] = site.cases
    for text in (*ALL, *sites.HOSTILE):
        duty = replace(case_file.statuses[-1].obligation, summary=text, addressees=(text,))
        spoilt = replace(case_file.statuses[-1], obligation=duty)
        some = replace(site, cases=(_with(case_file, spoilt),))
        plain = read(of(site))
        assert read(of(some)).keys() == plain.keys()
        for line in of(some).decode().split("\r\n"):
            shown = line.translate({0x200C: None, 0x200D: None})
            assert shown.isprintable(), ascii(line)


def _with(case_file: CaseFile, status: Status) -> CaseFile:
    return replace(case_file, statuses=(*case_file.statuses[:-1], status))


# Other people's programs

KHAL = """
[calendars]
[[icj]]
path = {path}
[default]
default_calendar = icj
[locale]
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
"""
SYNC = """
[general]
status_path = "{home}/status"
[pair icj]
a = "here"
b = "there"
collections = null
conflict_resolution = "a wins"
[storage here]
type = "singlefile"
path = "{file}"
[storage there]
type = "filesystem"
path = "{folder}"
fileext = ".ics"
"""


def _program(name: str, *arguments: str, home: Path) -> str:
    program = shutil.which(name, path=str(Path(sys.executable).parent))
    assert program, f"{name} is part of the test extra"
    done = subprocess.run(  # noqa: S603 - of the test extra
        [program, *arguments],
        env={**os.environ, "HOME": str(home), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
        input="",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def two(run: Run, tmp_path: Path) -> tuple[Path, Path]:
    """Write a calendar, and the one of the day after a date moved."""
    log = tmp_path / "log.sqlite"
    done(run, "--log", str(log), "init")
    first, second = tmp_path / "first.ics", tmp_path / "second.ics"
    write = ("--log", str(log), "export", "ics", REPORT, MYANMAR, "--output")
    done(run, *write, str(first))
    move = adding(kind="court-decision", role="court", extends_to="2024-07-24")
    done(run, "--log", str(log), *move)
    done(run, *write, str(second))
    return first, second


def test_khal_imports_twice_and_doubles_nothing(two: tuple[Path, Path], tmp_path: Path) -> None:
    config, folder = tmp_path / "khal.conf", tmp_path / "khal"
    folder.mkdir()
    config.write_text(KHAL.format(path=folder))
    listed = []
    for file in two:
        khal = ("-c", str(config))
        _program("khal", *khal, "import", "--batch", str(file), home=tmp_path)
        days = ("2024-06-01", "2024-08-01", "--format", "{start-date} {title}")
        listed.append(_program("khal", *khal, "list", *days, home=tmp_path))
    assert listed[0].count("is due") == listed[1].count("is due") == 1
    assert "2024-06-24 Israel" in listed[0]
    assert "2024-07-24 Israel" in listed[1]


def test_vdirsyncer_brings_the_moved_date_and_no_second_event(
    two: tuple[Path, Path], tmp_path: Path
) -> None:
    file, folder, config = tmp_path / "icj.ics", tmp_path / "vdir", tmp_path / "conf"
    folder.mkdir()
    config.write_text(SYNC.format(home=tmp_path, file=file, folder=folder))
    counts: list[int] = []
    for one in two:
        shutil.copy(one, file)
        sync = ("-c", str(config))
        if not counts:
            _program("vdirsyncer", *sync, "discover", home=tmp_path)
        _program("vdirsyncer", *sync, "sync", home=tmp_path)
        items = [path.read_text() for path in folder.glob("*.ics")]
        counts.append(len(items))
    assert counts[0] == counts[1] > 1
    [rafah] = [text for text in items if f"{REPORT}@" in text]
    assert "DTSTART;VALUE=DATE:20240724" in rafah
