"""An order that awaits coding: every output names it, and none says that all is well."""

import html
from datetime import date
from pathlib import Path

import pytest

from orderwatch.register import load_register, packaged_path
from tests.conftest import Run
from tests.support.commands import documented, result
from tests.support.log_commands import done

URL = "https://www.icj-cij.org/case/175"
LINE = f"New order of 20 November 2026 in case 175: not coded yet, see {URL}"
TODAY = date(2026, 11, 24)


@pytest.fixture
def orders(tmp_path: Path) -> str:
    """Give a register with a new order."""
    text = packaged_path().read_text("utf-8")
    head, marker, rest = text.partition("\n[[case]]\nnumber = 178\n")
    assert marker
    new = f'\n  [[case.order]]\n  date = 2026-11-20\n  awaiting = "coding"\n  url = "{URL}"\n'
    path = tmp_path / "orders.toml"
    path.write_text(head + new + marker + rest, "utf-8")
    return str(path)


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("style", ["table", "plain", "markdown"])
@pytest.mark.parametrize("line", ["status", "status 175", "countdown", "show 175", "orders", "log"])
def test_the_head_of_each_answer_names_it(run: Run, orders: str, line: str, style: str) -> None:
    argv = ("--orders", orders, *line.split(), "--format", style, "--as-of")
    assert LINE in flat(result(run, *argv, "2026-11-24").replace("\\", ""))
    assert "not coded" not in result(run, *argv, "2026-11-19").partition("175/2026-11-20")[0]


def test_json_lists_its_id(run: Run, orders: str) -> None:
    argv = ("--orders", orders, "--json", "--as-of", "2026-11-24")
    for command in ("status", "orders", "show"):
        name = (command, "175") if command == "show" else (command,)
        answer = documented(result(run, *name, *argv))
        assert answer["register"]["awaiting"] == ["175/2026-11-20"]
    found = documented(result(run, "orders", *argv))["orders"]
    assert [order["outcome"] for order in found if order["id"] == "175/2026-11-20"] == [
        "awaiting-coding"
    ]


def test_a_monitor_is_not_sure(run: Run, orders: str) -> None:
    code, out, err = run("--orders", orders, "check", "rafah/1", today=TODAY)
    assert (code, err) == (3, "")
    assert LINE in out


def test_pages_feeds_calendars_and_mails_name_it(run: Run, orders: str, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    done(run, "--orders", orders, "publish", str(folder), "175", "178", "--as-of", "2026-11-24")
    for name in ("index.html", "orders/175-2026-11-20/index.html", "feed.atom"):
        assert LINE in html.unescape((folder / name).read_text("utf-8"))
    calendar = (folder / "deadlines.ics").read_bytes().replace(b"\r\n ", b"").decode()
    assert LINE in calendar.replace("\\,", ",")
    argv = ("--orders", orders, "remind", "178", "--dry-run", "--after", "3", "--as-of")
    assert LINE in flat(result(run, *argv, "2026-11-24"))


def test_it_is_no_order_in_force(orders: str) -> None:
    (order,) = (item for item in load_register(Path(orders)).orders if item.awaits_coding)
    assert (order.id, order.indicates, order.in_force(TODAY)) == ("175/2026-11-20", False, False)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('outcome = "declined"', "outcome: not allowed: the order awaits coding"),
        ("[[case.order.obligation]]", "obligation: not allowed: the order awaits coding"),
        ('awaiting = "votes"', "awaiting"),
    ],
)
def test_it_has_no_content(run: Run, orders: str, line: str, message: str) -> None:
    path = Path(orders)
    text = path.read_text("utf-8")
    old = '  awaiting = "coding"\n'
    new = f"  {line}\n" if "awaiting" in line else f"{old}  {line}\n"
    if "[[" in line:
        old = new = f'  url = "{URL}"\n'
        new += f"  {line}\n"
    path.write_text(text.replace(old, new, 1), "utf-8")
    code, _out, err = run("register", "validate", orders)
    assert (code, message in err) == (3, True), err


def test_an_order_without_outcome_must_say_so(run: Run, orders: str) -> None:
    path = Path(orders)
    path.write_text(path.read_text("utf-8").replace('  awaiting = "coding"\n', "", 1), "utf-8")
    code, _out, err = run("register", "validate", orders)
    assert (code, "or awaiting instead" in err) == (3, True)
