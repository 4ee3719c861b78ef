"""`court check`: what the Court's list has that the register lacks, or that it cannot tell."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from orderwatch.model import Register
from orderwatch.register import load_register, packaged_path
from tests.conftest import Run
from tests.support import court_pages
from tests.support.court_pages import OTHERS, Row, page, press_release, rows_of, time_limits

TODAY = date(2026, 11, 29)
SEEN_TO = date(2026, 9, 3)
NEW: Row = (
    *(192, date(2026, 11, 20), "ORD"),
    "Request for the modification of the Order of 24 May 2024 indicating provisional measures",
    "Application of the Convention (South Africa v. Israel)",
)
OTHER_NEW: Row = (
    *(203, date(2026, 11, 24), "ORD", "Request for the indication of provisional measures"),
    "Rights of Passage (Ruritania v. Graustark)",
)


@pytest.fixture
def rows(register: Register) -> list[Row]:
    """Give the decisions of the list, as the register and some others have them."""
    return [*OTHERS, *rows_of(register.orders), *time_limits(date(2000, 1, 4), date(2026, 10, 4))]


@pytest.fixture
def check(run: Run, tmp_path: Path) -> Callable[..., tuple[int, str, str]]:
    """Run `court check` on the text of a page or a mail."""

    def command(data: str | bytes, *argv: str, today: date = TODAY) -> tuple[int, str, str]:
        file = tmp_path / "saved"
        file.write_bytes(data.encode() if isinstance(data, str) else data)
        return run("court", "check", str(file), *argv, today=today)

    return command


Check = Callable[..., tuple[int, str, str]]


def test_a_list_without_new_orders_on_measures_is_ok(check: Check, rows: list[Row]) -> None:
    code, out, err = check(page(rows))
    assert (code, err) == (0, "")
    assert out == (
        f"orderwatch OK - nothing new among {len(rows)} decisions on the Court's list, the last "
        f"of 4 October 2026 | rows={len(rows)};;;0 new=0;;;0\n"
    )


def test_a_new_order_on_measures_is_named(check: Check, rows: list[Row]) -> None:
    code, out, err = check(page([*rows, NEW, OTHER_NEW]))
    assert (code, err) == (1, "")
    first, *orders = out.splitlines()
    assert first == (
        "orderwatch WARNING - order of 20 November 2026 in case 192 is on the Court's list and "
        f"not in your register; and 1 more | rows={len(rows) + 2};;;0 new=2;;;0"
    )
    files = "https://www.icj-cij.org/sites/default/files/case-related"
    assert orders == [
        f"order of {day} in case {case} is on the Court's list and not in your register: "
        f"{files}/{case}/{case}-{number}-ord-01-00-EN.pdf"
        for day, case, number in (
            ("20 November 2026", 192, 20261120),
            ("24 November 2026", 203, 20261124),
        )
    ]


def flat(text: str) -> str:
    return " ".join(text.split())


def quarters() -> Iterator[tuple[date, date]]:
    starts = [date(year, month, 1) for year in range(2016, 2027) for month in (1, 4, 7, 10)]
    yield from pairwise(starts[:41])


def test_every_order_of_ten_years_is_noticed_in_its_quarter(
    check: Check, register: Register, tmp_path: Path
) -> None:
    """Replay the list at the end of each quarter against the register at its beginning."""
    noticed: list[tuple[int, str]] = []
    text = packaged_path().read_text("utf-8")
    for start, end in quarters():
        cut = tmp_path / "cut.toml"
        cut.write_text(cut_register(text, start), "utf-8")
        at_end = [order for order in register.orders if order.made < end]
        expected = [(order.case.number, order.made) for order in at_end if order.made >= start]
        rows = [*OTHERS, *rows_of(at_end), *time_limits(date(2000, 1, 4), end - timedelta(days=1))]
        code, out, err = check(page(rows), "--orders", str(cut), today=end)
        assert (code, err) == (1 if expected else 0, ""), (start, out)
        found = re.findall(r"^order of (\d+ \w+ \d{4}) in case (\d+) ", out, re.MULTILINE)
        assert sorted(found) == sorted((court_pages.day_text(day), str(n)) for n, day in expected)
        noticed += [(int(number), day) for day, number in found]
    assert len(noticed) == len(set(noticed)) == 27


def cut_register(text: str, day: date) -> str:
    """Return the register without what came from a day on: its orders alone, no record."""
    head, *cases = text.partition("\n[[event]]")[0].partition("\n[[change]]")[0].split("\n[[case]]")
    head = re.sub(r"(?m)^(reviewed|seen_to) = .*$", rf"\1 = {day - timedelta(days=1)}", head)
    kept = [head]
    for case in cases:
        facts, *orders = case.split("\n  [[case.order]]")
        facts = re.sub(r"(?m)^(seen|searched|ended|ended_why) = .*\n", "", facts)
        orders = [item for item in orders if made(item) < day]
        orders = [re.sub(r"(?m)^ +(ended|ended_why) = .*\n", "", item) for item in orders]
        kept.append("\n  [[case.order]]".join([facts, *orders]))
    return "\n[[case]]".join(kept)


def made(order: str) -> date:
    match = re.search(r"date = (\S+)", order)
    assert match
    return date.fromisoformat(match[1])


OTHER_COURT = """\
schema = 1
reviewed = 2026-11-23
{court}
[[case]]
number = 192
short = "Example v. Sample"
title = "Example v. Sample (interim measures)"
applicants = ["Example"]
respondents = ["Sample"]
  [[case.order]]
  date = 2024-05-24
  outcome = "indicated"
  sources = [{{ url = "https://example.org/order", grade = "court" }}]
"""


@pytest.mark.parametrize(
    ("court", "name"),
    [
        ("", "of no court"),
        ('[court]\nid = "itlos"\nname = "Tribunal for the Law of the Sea"', "Law of the Sea"),
    ],
)
def test_a_register_of_another_court_is_refused(
    check: Check, rows: list[Row], tmp_path: Path, court: str, name: str
) -> None:
    file = tmp_path / "other.toml"
    file.write_text(OTHER_COURT.format(court=court))
    code, out, err = check(page(rows), "--orders", str(file))
    assert (code, err) == (2, "")
    assert out.startswith("orderwatch CRITICAL - the register in use is of ")
    assert name in out


def test_a_hundred_broken_pages_are_unknown(check: Check, rows: list[Row]) -> None:
    whole = page([*rows, NEW])
    assert check(whole)[0] == 1
    codes = [check(court_pages.broken(whole, seed)) for seed in range(100)]
    assert [code for code, _out, _err in codes] == [3] * 100
    assert all(out.startswith("orderwatch UNKNOWN - ") for _code, out, _err in codes)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda rows: page([row for row in rows if row[2] == "ORD"]), "one type of decision only"),
        (lambda rows: page([row for row in rows if row[1].year > 2022]), "begins in 2023"),
        (lambda rows: page([row for row in rows if row[1].year < 2025]), "lacks"),
        (lambda _: page(OTHERS), "lists no order of the register"),
        (lambda _: page([]), "lists no decisions"),
        (lambda rows: page(rows, language="fr"), "not in English"),
        (lambda rows: page([*rows, (*NEW[:3], "", NEW[4])]), "does not say what the order"),
        (lambda rows: page([*rows, (*NEW[:1], date(2027, 1, 5), *NEW[2:])]), "after today"),
        (
            lambda rows: page([row for row in rows if row[1] < date(2026, 9, 1)]),
            "ends on 2026-07-04",
        ),
        (lambda _: court_pages.challenge(), "challenge to a browser"),
        (
            lambda rows: page(
                rows, filters='<select name="type"><option value="3" selected>x</option></select>'
            ),
            "filtered (type=3)",
        ),
        (lambda rows: page(rows).replace("</html>", ""), "is cut"),
        (lambda rows: page(rows).replace("utf-8", "iso-8859-1"), "not UTF-8, but iso-8859-1"),
        (lambda rows: page(rows).replace("A v. B", "Ã© v. B"), "decoded wrongly"),
    ],
)
def test_what_is_odd_about_a_page_is_named(
    check: Check, rows: list[Row], change: Callable[[list[Row]], str], reason: str
) -> None:
    code, out, err = check(change(rows))
    assert (code, err) == (3, "")
    assert reason in out


def test_a_list_with_fewer_decisions_than_last_time_is_unknown(
    check: Check, rows: list[Row], sealed: Path
) -> None:
    assert check(page(rows))[0] == 0
    memory = sealed / "data" / "orderwatch" / "court-list.json"
    assert json.loads(memory.read_text())["rows"] == len(rows)
    code, out, _err = check(page(rows[1:]))
    assert (code, f"remove {memory} to accept it" in out) == (3, True)
    memory.unlink()
    assert check(page(rows[1:]))[0] == 0
    memory.write_text("{")
    code, out, _err = check(page(rows))
    assert (code, "is damaged" in out) == (3, True)


def test_a_page_saved_with_absolute_links_is_read(check: Check, rows: list[Row]) -> None:
    saved = page([*rows, NEW]).replace('href="/', 'href="https://www.icj-cij.org/')
    assert check(saved)[0] == 1


def test_a_page_saved_as_one_file_is_read(check: Check, rows: list[Row]) -> None:
    from email.message import EmailMessage

    saved = EmailMessage()
    saved["From"] = "<Saved by Blink>"
    saved.set_content(page([*rows, NEW]), subtype="html", cte="quoted-printable")
    assert check(saved.as_bytes())[0] == 1


def test_the_draft_is_a_register_that_awaits_coding(
    check: Check, rows: list[Row], run: Run, tmp_path: Path
) -> None:
    draft = tmp_path / "draft.toml"
    code, _out, err = check(page([*rows, NEW, OTHER_NEW]), "--draft", str(draft))
    assert code == 1
    assert flat(err) == f"{draft} is a copy of the register with 2 new orders to code."
    before, after = packaged_path().read_text("utf-8"), draft.read_text("utf-8")
    kept = iter(after.splitlines())
    assert all(line in kept for line in before.splitlines())  # in this order
    orders = load_register(draft).orders[-2:]
    assert [order.id for order in orders] == ["192/2026-11-20", "203/2026-11-24"]
    assert orders[1].case.applicants == ("Ruritania",)
    again = check(page([*rows, NEW, OTHER_NEW]), "--draft", str(draft))
    assert (again[0], flat(again[2])) == (1, f"{draft} exists and was not changed.")
    assert draft.read_text("utf-8") == after
    # With the draft the same page has nothing new.
    assert check(page([*rows, NEW, OTHER_NEW]), "--orders", str(draft))[0] == 0
    assert run("register", "validate", str(draft))[0] == 0


def test_nothing_new_makes_no_draft(check: Check, rows: list[Row], tmp_path: Path) -> None:
    assert check(page(rows), "--draft", str(tmp_path / "draft.toml"))[0] == 0
    assert not (tmp_path / "draft.toml").exists()


@pytest.mark.parametrize(
    "argv", [("--bogus",), ("a", "b"), ("/nowhere/at/all",), ("-o",), ("",), ("--orders", "x")]
)
def test_an_error_is_unknown_too(run: Run, argv: tuple[str, ...]) -> None:
    code, out, err = run("court", "check", *argv)
    assert (code, err) == (3, "")
    assert out.startswith("orderwatch UNKNOWN - ")


TITLE = "Application of the Convention (South Africa v. Israel) - {what}"
MEASURES = TITLE.format(what="The Court indicates provisional measures")
DELIVERED = (
    "The International Court of Justice today delivered its Order on the Request for the "
    "indication of provisional measures. It recalls its Order of 26 January 2024."
)


@pytest.mark.parametrize("html", [True, False])
@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_a_mail_on_a_new_order_is_named(check: Check, encoding: str, *, html: bool) -> None:
    mail = press_release(192, NEW[1], MEASURES, DELIVERED, html=html, encoding=encoding)
    code, out, err = check(mail)
    assert (code, err) == (1, "")
    assert "order of 20 November 2026 in case 192 is in the Court's mail and not in your" in out


@pytest.mark.parametrize(
    ("day", "title", "body", "code"),
    [
        (date(2024, 5, 24), MEASURES, DELIVERED, 0),
        (
            NEW[1],
            TITLE.format(what="Request for the modification of provisional measures"),
            "The Court is to deliver its Order on Friday 27 November 2026 at 3 p.m.",
            1,
        ),
        (
            NEW[1],
            TITLE.format(what="Fixing of time-limits for the Reply and the Rejoinder"),
            "By an Order dated 19 November 2026 it fixed them. It indicated provisional measures.",
            0,
        ),
        (
            NEW[1],
            TITLE.format(what="South Africa requests the indication of provisional measures"),
            "South Africa filed a Request. Hearings will be held.",
            0,
        ),
        (NEW[1], "Election of a new President", "The Court elected its President.", 0),
    ],
)
def test_a_mail_is_new_only_for_an_order_on_measures(
    check: Check, day: date, title: str, body: str, code: int
) -> None:
    found, out, err = check(press_release(192, day, title, body))
    assert (found, err) == (code, ""), out


def test_a_mail_comes_on_standard_input(run: Run) -> None:
    mail = press_release(192, NEW[1], MEASURES, DELIVERED).decode()
    assert run("court", "check", "-", stdin=mail, today=TODAY)[0] == 1


def test_a_hundred_broken_mails_are_unknown(check: Check) -> None:
    for seed in range(100):
        mail = press_release(
            *(192, NEW[1], MEASURES, DELIVERED),
            html=bool(seed % 2),
            encoding=("base64", "quoted-printable")[seed // 2 % 2],
        )
        code, out, _err = check(court_pages.broken_mail(mail, seed))
        assert (code, out.startswith("orderwatch UNKNOWN - ")) == (3, True), (seed, out)


def test_an_order_that_awaits_coding_is_known_to_a_mail(
    check: Check, rows: list[Row], tmp_path: Path
) -> None:
    draft = tmp_path / "draft.toml"
    check(page([*rows, NEW]), "--draft", str(draft))
    mail = press_release(192, NEW[1], MEASURES, DELIVERED)
    assert check(mail, "--orders", str(draft))[0] == 0
