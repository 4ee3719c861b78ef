"""Whole commands that read: the worked cases, every way to fail, every help."""

import csv
import io
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orderwatch import __version__
from orderwatch.cli.lazy_group import COMMANDS
from orderwatch.model import Register
from tests.conftest import Golden, Run
from tests.support.commands import HELPS, documented, result
from tests.support.folder_state import untouched
from tests.support.paths import CASES, SCHEMAS, SMALL

FORMATS = ("table", "plain", "json", "csv", "markdown")


# The worked cases


@pytest.mark.parametrize("style", FORMATS)
def test_the_rafah_order_on_20_june_2024(
    run: Run, golden: Golden, register: Register, style: str
) -> None:
    out = result(run, "status", "rafah", "--as-of", "2024-06-20", "--format", style)
    # The sum changes with each correction of any case.
    golden(f"cli/rafah.{style}", out.replace(register.sha256, "<SHA-256>"))


def test_the_report_of_the_rafah_order_is_due_in_four_days(run: Run) -> None:
    argv = ("status", "rafah/3", "--as-of", "2024-06-20", "--format", "json")
    (duty,) = documented(result(run, *argv))["obligations"]
    assert duty["id"] == "192/2024-05-24/3"
    assert duty["alias"] == "rafah/3"
    assert duty["votes"]["for"] == 13
    assert duty["timing"] == "upcoming"
    (deadline,) = duty["deadlines"]
    assert deadline["due"] == "2024-06-24"
    assert deadline["weekday"] == "Monday"
    assert deadline["days_left"] == 4
    assert deadline["submission"] is None


def test_a_sunday_is_explained_and_not_moved(run: Run) -> None:
    out = result(run, "explain", "192/2024-03-28/3")
    assert "1 month from Thursday 28 March 2024 is Sunday 28 April 2024" in out
    assert "is a Sunday, a non-working day. The date is not moved" in out


def test_a_series_counts_from_its_first_date(run: Run) -> None:
    argv = ("explain", "178/2020-01-23/4", "--as-of", "2021-12-01", "--format", "json")
    found = documented(result(run, *argv))
    (one,) = found["obligations"]
    due = [deadline["due"] for deadline in one["deadlines"]]
    assert due == ["2020-05-23", "2020-11-23", "2021-05-23", "2021-11-23", "2022-05-23"]
    assert "2 times 6 months" in " ".join(one["deadlines"][2]["steps"])


def test_one_deadline_of_a_series_is_explained_alone(run: Run) -> None:
    out = result(run, "explain", "178/2020-01-23/4@2027-05-23")
    assert "14 times 6 months from then is Sunday 23 May 2027" in out
    assert out.count("deadline: ") == 1


def test_two_duties_of_one_point_and_a_trigger_are_explained(run: Run) -> None:
    argv = ("explain", "150/2013-11-22", "--format", "json")
    found = documented(result(run, *argv))
    dates = {one["id"]: [item["due"] for item in one["deadlines"]] for one in found["obligations"]}
    assert dates["150/2013-11-22/2b.1"] == ["2013-12-06"]
    assert dates["150/2013-11-22/2b.2"] == []
    assert dates["150/2013-11-22/3"][:2] == ["2014-02-22", "2014-05-22"]
    assert dates["150/2013-11-22/3"][-1] == "2015-11-22"


@pytest.mark.parametrize(
    ("day", "timing", "left"),
    [
        ("2026-11-22", "upcoming", 1),
        ("2026-11-23", "due-today", 0),
        ("2026-11-24", "upcoming", 180),
    ],
)
def test_late_begins_the_day_after(run: Run, day: str, timing: str, left: int) -> None:
    argv = ("status", "178/2020-01-23/4", "--as-of", day, "--format", "json")
    (duty,) = documented(result(run, *argv))["obligations"]
    last = duty["deadlines"][-1]
    assert (duty["timing"], last["days_left"]) == (timing, left)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-11-23", "days: due today"),
        ("2026-11-24", "days: passed 1 day ago"),
    ],
)
def test_the_overview_of_the_day_a_report_is_due_and_the_next(
    run: Run, day: str, words: str
) -> None:
    out = result(run, "status", "--as-of", day)
    assert f"due: 2026-11-23 (Monday 23 November 2026)\n{words}\n" in out


def test_today_is_the_day_unless_another_is_named(run: Run) -> None:
    assert result(run, "status") == result(run, "status", "--as-of", "2026-11-23")


def test_the_overview_of_a_case_with_a_number_is_not_shorter(run: Run) -> None:
    out = result(run, "status", "192", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert {row["order_date"] for row in rows} == {
        "2024-01-26",
        "2024-03-28",
        "2024-05-24",
    }


def test_show_gives_words_votes_dates_and_sources(run: Run) -> None:
    out = result(run, "show", "rafah/3")
    for words in (
        "Submit to the Court a report",
        "13 to 2",
        "Monday 24 June 2024",
        "https://www.icj-cij.org/node/204092",
    ):
        assert words in out


def test_countdown_gives_what_is_to_come_and_nothing_else(run: Run) -> None:
    found = documented(result(run, "countdown", "--format", "json"))
    due = [(item["obligation"], item["days_left"]) for item in found["deadlines"]]
    assert due == [("178/2020-01-23/4", 0)]


def test_the_public_record_is_listed_oldest_first(run: Run) -> None:
    found = documented(result(run, "log", "rafah", "--format", "json"))
    days = [event["on"] for event in found["events"]]
    assert len(days) > 3
    assert days == sorted(days)
    assert result(run, "log", "list", "rafah") == result(run, "log", "rafah")


@pytest.mark.parametrize(
    ("options", "holds"),
    [
        (("--kind", "assessment"), lambda e: e["kind"] == "assessment"),
        (("--speaker", "reuters"), lambda e: "Reuters" in e["speaker"]),
        (("--since", "2025-01-01"), lambda e: e["on"] >= "2025-01-01"),
        (("--until", "2020-05-22"), lambda e: e["on"] <= "2020-05-22"),
        (("--search", "CROSSING rafah"), lambda e: "crossing" in e["summary"].lower()),
        (("--origin", "register"), lambda e: e["origin"] == "register"),
    ],
)
def test_the_record_is_narrowed(run: Run, options: tuple[str, ...], holds: Any) -> None:  # noqa: ANN401 - a test of an event
    every = documented(result(run, "log", "--format", "json"))["events"]
    found = documented(result(run, "log", *options, "--format", "json"))["events"]
    assert found
    assert all(holds(event) for event in found)
    assert len(found) < len(every) or options[0] == "--origin"


def test_every_order_is_listed_and_can_be_narrowed(run: Run) -> None:
    every = documented(result(run, "orders", "--format", "json"))["orders"]
    assert len(every) == 78
    argv = ("--outcome", "indicated", "--party", "israel", "--year", "2024")
    found = documented(result(run, "orders", *argv, "--format", "json"))["orders"]
    assert [order["id"] for order in found] == ["192/2024-01-26"]
    assert result(run, "orders", "list") == result(run, "orders")


def test_orders_of_the_future_are_not_listed(run: Run) -> None:
    argv = ("orders", "--as-of", "1957-10-23", "--format", "json")
    found = documented(result(run, *argv))["orders"]
    assert [order["id"] for order in found] == ["16/1951-07-05"]


def test_validate_counts_what_the_register_holds(run: Run) -> None:
    assert "valid: 61 cases, 78 orders" in result(run, "register", "validate")
    assert "valid: 2 cases, 3 orders" in result(run, "register", "validate", str(SMALL))


def test_every_schema_is_printed_as_it_ships(run: Run) -> None:
    names = result(run, "schema").split()
    assert names == sorted(path.stem for path in SCHEMAS.glob("*.json"))
    for name in names:
        shipped = (SCHEMAS / f"{name}.json").read_text(encoding="utf-8")
        assert result(run, "schema", name) == shipped


def test_the_version_is_printed(run: Run) -> None:
    assert result(run, "--version") == f"orderwatch {__version__}\n"


# Filters


def duties(run: Run, *options: str) -> list[dict[str, Any]]:
    """List the obligations that `status` gives as JSON."""
    out = result(run, "status", *options, "--format", "json")
    found: list[dict[str, Any]] = documented(out)["obligations"]
    return found


def test_a_party_is_found_whatever_the_case(run: Run) -> None:
    found = duties(run, "--party", "mYANMAR")
    assert {one["order"]["id"] for one in found} == {"178/2020-01-23"}
    assert all("Myanmar" in one["addressees"] for one in found)


def test_a_kind_is_found_also_where_it_is_the_second(run: Run) -> None:
    found = duties(run, "--kind", "ensure", "--all")
    assert all("ensure" in (one["kind"], *one["also"]) for one in found)
    assert any(one["kind"] != "ensure" for one in found)


def test_what_falls_due_in_so_many_days(run: Run) -> None:
    day = ("--as-of", "2024-06-20")
    assert [one["id"] for one in duties(run, "--due-within", "4", *day)] == ["192/2024-05-24/3"]
    assert duties(run, "--due-within", "3", *day) == []
    assert duties(run, "--due-within", "9" * 30, *day)


def test_what_has_passed(run: Run) -> None:
    found = duties(run, "--passed", "--party", "Israel", "--as-of", "2024-06-20")
    assert [one["id"] for one in found] == ["192/2024-03-28/3", "192/2024-01-26/6"]


def test_cases_that_have_ended_are_left_out_unless_asked_for(run: Run) -> None:
    pending, every = duties(run), duties(run, "--all")
    assert {one["case"]["number"] for one in every} > {one["case"]["number"] for one in pending}
    assert "150/2013-11-22/3" in {one["id"] for one in every}
    assert all(one["timing"] != "ended" for one in pending)
    assert [one["id"] for one in duties(run, "150/2013-11-22/3")] == ["150/2013-11-22/3"]


def test_json_and_csv_list_every_obligation_of_the_overview(run: Run) -> None:
    rows = csv.DictReader(io.StringIO(result(run, "status", "--format", "csv")))
    listed = [one["id"] for one in duties(run)]
    assert list(dict.fromkeys(row["id"] for row in rows)) == listed
    plain = result(run, "status")
    assert "192/2024-05-24/2a" in listed
    assert "192/2024-05-24/2a" not in plain


# A register of one's own


@pytest.mark.parametrize(
    "argv",
    [
        ("status",),
        ("status", "rafah/2b.1"),
        ("status", "--party", "Israel"),
        ("countdown",),
        ("show", "RAFAH"),
        ("show", "150"),
        ("explain", "192"),
        ("log",),
        ("log", "rafah"),
        ("orders",),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("style", FORMATS)
def test_a_register_of_ones_own_works_with_every_command(
    run: Run, argv: tuple[str, ...], style: str
) -> None:
    out = result(run, "--orders", str(SMALL), *argv, "--format", style)
    assert out
    assert "Myanmar" not in out


@pytest.mark.parametrize(
    ("line", "end"),
    [
        ("status --passed --as-of 1950-01-01", "All orders: orderwatch orders\n"),
        ("countdown 150", "Past ones: orderwatch deadlines --passed\n"),
        (
            "show rafah",
            "orderwatch explain 192/2024-05-24 · orderwatch log 192/2024-05-24\n",
        ),
        (
            "explain rafah/2b.1",
            "All: orderwatch show rafah/2b.1 · Status: orderwatch status rafah/2b.1\n",
        ),
        (
            "status rafah",
            "orderwatch cite rafah/2b.1 · orderwatch show rafah\n",
        ),
        ("deadlines rafah", "orderwatch cite rafah/2b.2 · orderwatch show rafah\n"),
        ("orders", "Look one up: orderwatch status 192/2024-01-26\n"),
    ],
)
def test_a_screen_ends_with_other_commands_that_work(run: Run, line: str, end: str) -> None:
    own = ("--orders", str(SMALL))
    out = result(run, *own, *line.split(), "--format", "table")
    assert out.endswith(end)
    commands = [part.rpartition("orderwatch ")[2] for part in out.splitlines()[-1].split(" · ")]
    for command in commands:
        assert command != line
        result(run, *own, *command.split())


@pytest.mark.parametrize(
    ("usual", "first"), [("plain", "about: "), ("table", "As of "), ("", "As of ")]
)
def test_a_screen_reader_can_have_plain_text_always(
    run: Run, monkeypatch: pytest.MonkeyPatch, usual: str, first: str
) -> None:
    monkeypatch.setenv("ORDERWATCH_FORMAT", usual)
    monkeypatch.setenv("NO_COLOR", "1")
    _, out, _ = run("countdown", tty=True)
    assert out.startswith(first)
    assert result(run, "countdown").startswith("about: ")
    assert result(run, "countdown", "--format", "json").startswith("{")
    monkeypatch.setenv("ORDERWATCH_FORMAT", "json")
    code, _, err = run("countdown", tty=True)
    assert (code, "should be table or plain" in err) == (2, True)


def test_option_beats_environment_beats_file(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('orders = "nowhere.toml"\nrecorder = "Office"\n')
    monkeypatch.setenv("ORDERWATCH_CONFIG", str(config))
    assert run("orders")[0] == 3
    found = documented(result(run, "config", "--format", "json"))["settings"]
    assert found["recorder"] == {"value": "Office", "source": f"file {config}"}
    assert found["orders"]["value"] == str(tmp_path / "nowhere.toml")
    monkeypatch.setenv("ORDERWATCH_ORDERS", str(SMALL))
    assert "2 cases" in result(run, "register", "validate")
    assert run("--orders", "nothing.toml", "register", "validate")[0] == 3
    out = result(run, "--orders", "other.toml", "config", "--format", "json")
    found = documented(out)["settings"]["orders"]
    assert found == {"value": "other.toml", "source": "option --orders"}


def test_the_configuration_is_read_from_its_usual_place(run: Run, sealed: Path) -> None:
    folder = sealed / "config" / "orderwatch"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(f"orders = '{SMALL}'\n")
    assert "2 cases" in result(run, "register", "validate")


# Help


@pytest.mark.parametrize("words", HELPS, ids=" ".join)
def test_each_command_has_a_help(run: Run, golden: Golden, words: tuple[str, ...]) -> None:
    out = result(run, *words, "--help")
    golden(f"cli/help/{'-'.join(('orderwatch', *words))}.txt", out)
    assert result(run, *words, "-h") == out
    assert all(len(line) <= 80 for line in out.splitlines() if "--" not in line)
    assert "..." not in out.replace("]...", "")  # nothing is cut off


def test_the_helps_name_every_command(run: Run) -> None:
    named = {words[-1] for words in HELPS if words}
    assert set(COMMANDS) <= named, "add the command to HELPS"
    for group in ("log", "orders"):
        listed = result(run, group, "--help").partition("Commands:\n")[2]
        new = re.findall(r"^  (\S+)  ", listed, re.MULTILINE)
        assert new
        assert set(new) <= named, "add the command to HELPS"


def test_the_help_says_of_a_command_what_the_command_says(run: Run) -> None:
    flat = " ".join(result(run, "--help").split())
    for name in COMMANDS:
        said = result(run, name, "--help").split("\n\n")[1]
        assert f"{name} {' '.join(said.split())}" in flat


def test_orderwatch_alone_is_wrong_usage_and_shows_the_help(run: Run) -> None:
    code, out, err = run()
    assert (code, out) == (2, "")
    assert err == result(run, "--help")


# Every way to fail


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with files of every wrong sort."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "half.toml").write_text("orders = ")
    (tmp_path / "key.toml").write_text('ordres = "x"\n')
    (tmp_path / "number.toml").write_text("log = 3\n")
    (tmp_path / "latin1.toml").write_bytes("recorder = 'é'".encode("latin-1"))
    (tmp_path / "huge.toml").write_bytes(b"#" * 100_001)
    (tmp_path / "spoilt.toml").write_text("schema = 1\nreviewed = 2026-11-23\nx = 1\n")
    (tmp_path / "notes.txt").write_text("not a database\n" * 99)
    (tmp_path / "zeros.db").write_bytes(b"")
    with sqlite3.connect(tmp_path / "foreign.db") as other:
        other.execute("CREATE TABLE entry (seq INTEGER)")
    other.close()
    return tmp_path


FAILURES = [
    # command line | exit code | words on standard error
    ("stauts", 2, '"stauts" is not a command. Did you mean status?'),
    (
        "orders lsit",
        2,
        'No command or order matches "lsit". Did you mean "orderwatch orders list"?',
    ),
    ("--ordes x status", 2, "unknown option --ordes; did you mean --orders?"),
    ("status --formt json", 2, "unknown option --formt; did you mean --format?"),
    ("status --format yaml", 2, "--format takes table, plain, json, csv or markdown, not 'yaml'"),
    ("status --format", 2, "--format needs a value"),
    ("show", 2, "ID is missing"),
    ("show rafah 192", 2, "Name one thing at a time, not rafah, 192."),
    ("--log x.db", 2, "name a command"),
    # ids
    ("status raffah", 2, "Did you mean South Africa v. Israel (rafah)?"),
    ("status rafah/9", 2, "Choose from rafah/1, rafah/2a, rafah/2b, rafah/2c, rafah/3."),
    ("show 192/2024-05-25", 2, "Did you mean 192/2024-05-24"),
    ("show gazza", 2, 'No order matches "gazza". Did you mean South Africa v. Israel (192)?'),
    ("show zzzzzz", 2, 'Run "orderwatch orders" for a list.'),
    ("countdown 999", 2, 'No order matches "999".'),
    ("log nowhere", 2, 'No order matches "nowhere".'),
    ("explain rafah/3@2024-06-25", 2, "nearest: 192/2024-05-24/3@2024-06-24"),
    ("explain rafah/3@soon", 2, "the date of a deadline follows the @"),
    ("explain rafah@2024-06-24", 2, "a date after @ goes with an obligation"),
    # dates, numbers, words
    ("status --as-of now", 2, "--as-of: 'now' is not a date, such as"),
    ("status --as-of 2024-02-30", 2, "'2024-02-30' is not a date"),
    ("status --as-of 1716508800", 2, "'1716508800' is not a date"),
    ("status --known-on 24.5.2024", 2, "'24.5.2024' is not a date, such as 2024-05-24"),
    ("log --since x", 2, "--since: 'x' is not a date"),
    ("log --until x", 2, "--until: 'x' is not a date"),
    ("status --due-within -1", 2, "takes a number of days, such as 30, from 0, not '-1'"),
    ("status --due-within soon", 2, "--due-within takes a number of days"),
    ("orders --year now", 2, "--year takes a year, such as 2024, not 'now'"),
    ("orders --outcome won", 2, "--outcome takes indicated,"),
    ("status --kind repotr", 2, "not 'repotr'; did you mean report?"),
    ("log --kind repotr", 2, "--kind takes submission,"),
    ("log --origin here", 2, "--origin takes register or log, not 'here'"),
    ("status --party Isreal", 2, "Did you mean Israel?"),
    ("status --party Nobody", 2, 'No order is addressed to "Nobody".'),
    ("orders --party Isreal", 2, "Did you mean Israel?"),
    ("orders --party zzzz", 2, 'No case has the party "zzzz".'),
    # commands in place of ids
    ("log verfy", 2, "Did you mean log verify?"),
    ("log ad rafah --on 2024-06-24", 2, 'Did you mean "orderwatch log add"?'),
    # combinations
    ("status --passed --due-within 3", 2, "exclude each other"),
    ("status rafah --as-of 2024-05-23", 2, "the order was made on 2024-05-24"),
    ("show rafah --as-of 2024-05-23", 2, "use a later --as-of"),
    ("explain rafah/3 --as-of 2024-05-23", 2, "use a later --as-of"),
    ("log rafah --as-of 2024-05-23", 2, "use a later --as-of"),
    ("countdown --live", 2, "--live needs a terminal"),
    ("countdown --live --as-of 2024-05-24", 2, "--live shows today"),
    # house
    ("schema statsu", 2, "nearest: status"),
    ("config --format csv", 2, "config has no csv output"),
    ("config --format markdown", 2, "config has no markdown output"),
    ("schema ../settings", 2, "unknown schema '../settings'"),
    ("--config none.toml config", 2, "no such configuration file"),
    ("--config folder config", 2, "cannot be read: it is a folder"),
    ("--config half.toml config", 2, "half.toml is not valid TOML"),
    ("--config key.toml config", 2, "ordres: is not a setting; did you mean orders?"),
    ("--config number.toml config", 2, "log: should be text"),
    ("--config latin1.toml config", 2, "not UTF-8 at byte 13 of line 1"),
    ("--config huge.toml config", 2, "larger than 100,000 bytes"),
    # the register
    ("--orders none.toml status", 3, "none.toml: not found"),
    ("--orders folder status", 3, "folder: it is a folder"),
    ("--orders half.toml status", 3, "invalid register half.toml"),
    ("--orders spoilt.toml status", 3, "x: unknown key"),
    ("--orders latin1.toml status", 3, "latin1.toml"),
    ("register validate none.toml", 3, "none.toml: not found"),
    ("register validate spoilt.toml", 3, "spoilt.toml:3: x: unknown key"),
    ("--orders spoilt.toml register validate", 3, "x: unknown key"),
    # the log
    ("--log none.db status", 4, "there is no log at none.db"),
    ("--log zero.db log", 4, "did you mean"),
    ("--log a/b/c.db status", 4, "the nearest path that exists is"),
    ("--log folder show rafah", 4, "folder is a folder; a log is one file"),
    ("--log notes.txt status", 4, "notes.txt is not a log"),
    ("--log foreign.db countdown", 4, "foreign.db"),
    ("--log zeros.db explain 192", 4, "zeros.db is not a log of orderwatch"),
    ("--log sqlite:///none.db orders", 4, "there is no log at none.db"),
    ("--log postgresql://u:secret@/db?host=/nowhere&x=1 status", 2, "invalid"),
    (
        "--log mysql://u:secret@h/db status",
        2,
        "a log is a path, sqlite:///PATH or postgresql",
    ),
    ("log checkpoint", 4, "the log has no entry yet"),
    ("log prove 1", 2, "there is no entry 1"),
    ("log show 1", 2, "there is no entry 1"),
    ("log retract 1 --why x", 2, "there is no entry 1"),
    ("log verify none.jsonl", 2, "none.jsonl: cannot be read"),
    ("log verify folder", 2, "folder"),
    ("log verify --checkpoint none", 2, "none: cannot be read"),
    ("log verify-proof notes.txt", 4, ""),
]


@pytest.mark.parametrize("row", FAILURES, ids=lambda row: row[0])
def test_each_way_to_fail(run: Run, place: Path, sealed: Path, row: tuple[str, int, str]) -> None:
    line, code, words = row
    with untouched(place, sealed):
        found, out, err = run(*line.split())
    assert (found, out) == (code, "")
    assert err.startswith("orderwatch: ")
    assert words in err
    for word in ("secret", "Traceback", "Value error"):
        assert word not in err


ACTS = "\x1b[2J\x1b]0;title\x07\u202e\u2028\x9b"


@pytest.mark.parametrize(
    "argv",
    [
        ("show", ACTS),
        ("status", "--as-of", ACTS),
        ("status", "--party", ACTS),
        ("status", "--kind", ACTS),
        ("status", f"--{ACTS}"),
        ("schema", ACTS),
        (ACTS,),
        ("orders", ACTS),
        ("--orders", ACTS, "status"),
        ("--log", ACTS, "status"),
        ("--log", f"{ACTS}://x", "status"),
        ("--config", ACTS, "status"),
        ("explain", f"rafah/3@{ACTS}"),
        ("log", "show", ACTS),
        ("log", "verify", ACTS),
        ("log", "verify-proof", ACTS),
    ],
    ids=ascii,
)
def test_an_error_holds_nothing_that_acts(run: Run, place: Path, argv: tuple[str, ...]) -> None:
    code, out, err = run(*argv)
    assert code in {2, 3, 4}
    assert out == ""
    assert not set(ACTS) & set(err) - set("[2J]0;title")
    assert place.is_dir()


@pytest.fixture
def hostile(place: Path) -> Path:
    """Make a folder and files whose names act."""
    folder = place / "\x1b[31m\u202e"
    folder.mkdir()
    (folder / "config.toml").write_text("x = ")
    (folder / "orders.toml").write_text("x = ")
    (folder / "log.db").write_text("not a log" * 99)
    return folder


@pytest.mark.parametrize(
    ("option", "name"),
    [("--config", "config.toml"), ("--orders", "orders.toml"), ("--log", "log.db")],
)
def test_a_name_that_acts_is_made_visible(run: Run, hostile: Path, option: str, name: str) -> None:
    code, _, err = run(option, str(hostile / name), "status")
    assert code in {2, 3, 4}
    assert "<U+001B>[31m<U+202E>" in err
    assert "\x1b" not in err


# Reading never writes


READING = [
    *(("status", "--format", style) for style in FORMATS),
    ("status", "rafah", "--as-of", "2024-06-20", "--known-on", "2026-11-23"),
    ("status", "--all"),
    ("countdown",),
    ("show", "rafah"),
    ("explain", "192"),
    ("log",),
    ("log", "--history"),
    ("log", "show", "1"),
    ("log", "export"),
    ("log", "verify"),
    ("log", "checkpoint"),
    ("log", "prove", "2"),
    ("orders",),
    ("register", "validate"),
    ("config",),
    ("schema",),
    ("doctor",),
    ("--help",),
    ("--version",),
]


@pytest.fixture
def office(
    run: Run, tmp_path: Path, sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Keep a log of two entries, a register and a configuration in one folder."""
    (tmp_path / "orders.toml").write_bytes(SMALL.read_bytes())
    (tmp_path / "config.toml").write_text('log = "office.db"\norders = "orders.toml"\n')
    monkeypatch.setenv("ORDERWATCH_CONFIG", str(tmp_path / "config.toml"))
    result(run, "init")
    for day in ("2024-06-23", "2024-06-24"):
        argv = ("--kind", "note", "--on", day, "--speaker", "Me", "--role", "ngo")
        result(run, "log", "add", "rafah", *argv, "--summary", "Noted.")
    assert sealed.is_dir()
    yield tmp_path
    for path in (tmp_path, *tmp_path.iterdir()):
        path.chmod(0o700)


@pytest.mark.parametrize("argv", READING, ids=" ".join)
def test_reading_never_writes(run: Run, office: Path, sealed: Path, argv: tuple[str, ...]) -> None:
    with untouched(office, sealed):
        assert result(run, *argv)


@pytest.mark.parametrize("argv", READING, ids=" ".join)
def test_reading_never_makes_a_log(run: Run, sealed: Path, argv: tuple[str, ...]) -> None:
    with untouched(sealed):
        run(*argv)
    assert list(sealed.iterdir()) == []


def test_what_cannot_be_written_can_be_read(run: Run, office: Path, sealed: Path) -> None:
    for path in (*office.iterdir(), office, sealed):
        path.chmod(0o500 if path.is_dir() else 0o400)
    with untouched(office, sealed):
        for argv in READING:
            assert result(run, *argv)


@pytest.mark.parametrize("name", ["order\u200bs", "status.app", "__init__", ""])
def test_a_command_that_is_none_is_wrong_usage(run: Run, name: str) -> None:
    code, out, err = run(name)
    assert (code, out) == (2, "")
    assert err.startswith("orderwatch: ")


def test_an_alias_that_is_the_name_of_a_state_wins_and_says_so(run: Run) -> None:
    code, out, err = run("show", "myanmar", "--format", "plain")
    assert code == 0
    assert "178/2020-01-23" in out
    assert "178/2020-01-23: this order has the name of a State" in err
    assert '--party "Myanmar"' in err
    assert run("show", "lachin")[2] == ""
    assert run("show", "myanmar/4")[2] == ""


@pytest.mark.parametrize("command", [("orders",), ("status", "--all")])
def test_a_party_has_the_names_that_people_use(run: Run, command: tuple[str, ...]) -> None:
    def rows(name: str) -> list[str]:
        return result(run, *command, "--party", name, "--format", "csv").splitlines()

    russia = rows("Russian Federation")
    assert len(russia) > 1
    assert rows("russia") == rows("RUSSIA") == russia
    both = rows("germany")
    assert any(line.startswith("56/") for line in both)
    assert any(line.startswith("104/") for line in both) or command[0] == "status"


def test_a_party_is_a_state_where_an_alias_is_its_name(run: Run) -> None:
    out = result(run, "orders", "--party", "nicaragua", "--format", "csv")
    assert {line.partition("/")[0] for line in out.splitlines()[1:]} >= {"70", "74"}


@pytest.fixture
def answered(tmp_path: Path) -> Path:
    """Write a register with a searched case and a statement that answers another."""
    path = tmp_path / "answered.toml"
    text = (CASES / "hamburg.toml").read_text(encoding="utf-8")
    text = text.replace('aliases = ["albatross"]', 'aliases = ["albatross"]\nsearched = 2026-10-29')
    path.write_text(
        text
        + """
[[event]]
id = "ev-12-26-2026-10-20-1"
date = 2026-10-20
kind = "statement"
speaker = "Ruritania"
role = "party"
summary = "Ruritania has read the report."
about = ["12-26/2026-09-01/2"]
source = { url = "https://tribunal.example.org/12-26/reply", grade = "court" }
answers = "ev-12-26-2026-10-15-1"
""",
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (
            "plain",
            [
                "record searched: 2026-10-29\n",
                "reports: Reports are published when filed.\n",
                "label: Report to the Tribunal\n",
                "answers: ev-12-26-2026-10-15-1\n",
            ],
        ),
        (
            "markdown",
            [
                "Record searched on 29 October 2026.",
                "Reports are published when filed.",
                "answers ev-12-26-2026-10-15-1",
                "Report to the Tribunal",
            ],
        ),
        (
            "table",
            [
                "2026-10-29",
                "Reports are published",
                "Report to the Tribunal",
                "ev-12-26-2026-10-15",
            ],
        ),
    ],
)
def test_show_prints_label_search_rule_and_answer(
    run: Run, answered: Path, style: str, expected: list[str]
) -> None:
    day = ("--as-of", "2026-11-15")
    out = result(run, "--orders", str(answered), "show", "albatross", "--format", style, *day)
    assert [words for words in expected if words not in out.replace("\\", "")] == []


def test_json_has_label_search_rule_and_answer(run: Run, answered: Path) -> None:
    words = ("--orders", str(answered), "show", "release", "--as-of", "2026-11-15")
    shown = documented(result(run, *words, "--format", "json"))
    assert shown["case"]["searched"] == "2026-10-29"
    assert shown["case"]["confidentiality"] == "Reports are published when filed."
    assert [item["label"] for item in shown["obligations"]] == [
        "Release the vessel",
        "Report to the Tribunal",
    ]
    assert shown["explanations"][1]["label"] == "Report to the Tribunal"
    assert [event["answers"] for event in shown["events"]] == [None, "ev-12-26-2026-10-15-1"]


def test_an_obligation_without_a_label_has_that_of_its_kind(run: Run) -> None:
    base, day = ("--orders", str(CASES / "hamburg.toml")), ("--as-of", "2026-11-15")
    out = result(run, *base, "explain", "13", "--format", "plain", *day)
    assert "label: Report to the court\n" in out
    shown = documented(result(run, *base, "countdown", "13", "--format", "json", *day))
    (date,) = shown["deadlines"]
    assert date["label"] == "Report to the court"


def test_a_vote_without_printed_names_says_so(run: Run) -> None:
    out = result(run, "show", "55", "--format", "plain")
    assert "votes: 14 to 1 (one vote on the whole clause; no names printed)\n" in out
    shown = documented(result(run, "show", "55", "--format", "json"))
    votes = next(item["votes"] for item in shown["obligations"] if item["votes"]["against"] == 1)
    assert (votes["scope"], votes["names_printed"]) == ("clause", False)


@pytest.mark.parametrize("command", [("status",), ("countdown",), ("show",), ("explain",)])
def test_the_alias_wins_in_each_command_and_the_option_means_the_state(
    run: Run, tmp_path: Path, command: tuple[str, ...]
) -> None:
    text = (CASES / "hamburg.toml").read_text(encoding="utf-8")
    path = tmp_path / "atlantis.toml"
    path.write_text(text.replace('alias = "crew"', 'alias = "atlantis"'), encoding="utf-8")
    base, day = ("--orders", str(path)), ("--as-of", "2026-11-15", "--format", "plain")
    code, out, err = run(*base, *command, "atlantis", *day)
    assert code == 0
    assert "12-26/2026-09-01-2/1" in out
    assert "12-26/2026-09-01/1" not in out
    assert "12-26/2026-09-01-2: this order has the name of a State" in err
    assert '--party "Atlantis"' in err
    out = result(run, *base, "status", "--all", "--party", "atlantis", "--format", "csv")
    ids = {line.partition(",")[0] for line in out.splitlines()[1:]}
    assert ids == {"12-26/2026-09-01/1", "12-26/2026-09-01/2", "12-26/2026-09-01-2/1"}


OLD = """
schema = 1
reviewed = 2026-11-01

[[case]]
number = 7
short = "Ruritania v. Atlantis"
title = "Ruritania v. Atlantis"
applicants = ["Ruritania"]
respondents = ["Atlantis"]

  [[case.order]]
  date = 2026-09-01
  outcome = "indicated"

    [[case.order.obligation]]
    point = "(1)"
    kind = "report"
    addressees = ["Atlantis"]
    summary = "Report on the measures taken."
    votes = { for = 12, against = 3 }
    deadline = { within = { months = 4 } }

[[event]]
id = "ev-7-2026-10-15-1"
date = 2026-10-15
kind = "submission"
speaker = "Atlantis"
role = "party"
summary = "Atlantis says that it has filed its report."
about = ["7/2026-09-01/1"]
source = { url = "https://example.org/report", grade = "secondary" }
"""
"""A register with no optional key."""


def test_a_register_without_any_optional_key_validates_and_works(run: Run, tmp_path: Path) -> None:
    path, site = tmp_path / "old.toml", tmp_path / "site"
    path.write_text(OLD, encoding="utf-8")
    base = ("--orders", str(path))
    assert "1 obligations" in result(run, *base, "register", "validate", str(path))
    for words in ("status", "countdown", "show 7", "explain 7/2026-09-01/1", "orders", "log"):
        for style in FORMATS:
            assert result(run, *base, *words.split(), "--format", style)
    for document in ("ics", "atom", "json", "csv", "markdown", "svg"):
        assert result(run, *base, "export", document)
    assert run(*base, "publish", str(site))[0] == 0
    assert (site / "orders/7-2026-09-01/index.html").is_file()
    shown = documented(result(run, *base, "show", "7", "--format", "json"))
    assert shown["case"]["confidentiality"] is None
    assert shown["time_zone"] == "UTC"
