"""`open`: the page of an order in the browser, or its address."""

import re
import webbrowser
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.support.commands import result
from tests.support.paths import CASES

RAFAH = "https://www.icj-cij.org/node/204091"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """List what the browser is asked to open."""
    addresses: list[str] = []

    def open_(url: str) -> bool:
        addresses.append(url)
        return True

    monkeypatch.setattr(webbrowser, "open", open_)
    return addresses


def test_without_a_terminal_the_address_is_printed(run: Run, opened: list[str]) -> None:
    assert result(run, "open", "rafah/3") == f"{RAFAH}\n"
    assert opened == []


def test_on_a_terminal_the_browser_opens_it(run: Run, opened: list[str]) -> None:
    code, out, err = run("open", "rafah", tty=True)
    assert (code, out) == (0, "")
    assert RAFAH in err
    assert run("open", "192", tty=True)[0] == 0
    assert opened == [RAFAH, "https://www.icj-cij.org/case/192"]


def test_without_a_browser_the_address_is_printed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _url: False)
    assert run("open", "rafah", tty=True) == (0, f"{RAFAH}\n", "")


def test_a_source_is_opened_by_its_number(run: Run) -> None:
    first = result(run, "open", "rafah", "--source", "1")
    assert first.startswith("https://")
    assert first != result(run, "open", "rafah", "--source", "2")
    code, out, err = run("open", "rafah", "--source", "999")
    assert (code, out) == (2, "")
    assert "--source 999 is not among them" in err


@pytest.mark.parametrize("address", ["file:///etc/passwd", "javascript:alert(1)", "https://a@b/"])
def test_only_addresses_of_the_web_are_opened(
    run: Run, opened: list[str], tmp_path: Path, address: str
) -> None:
    text = (CASES / "hamburg.toml").read_text(encoding="utf-8")
    path = tmp_path / "orders.toml"
    page = "https://tribunal.example.org/12-26/order-1"
    assert text.count(f'  url = "{page}"') == 1
    path.write_text(text.replace(f'  url = "{page}"', f'  url = "{address}"'), encoding="utf-8")
    code, out, _ = run("--orders", str(path), "open", "release", tty=True)
    assert (code in {2, 3}, out, opened) == (True, "", [])


def test_an_order_without_an_address(run: Run) -> None:
    orders = str(CASES / "hamburg.toml")
    code, out, err = run("--orders", orders, "open", "crew")
    assert (code, out) == (2, "")
    assert "has no address" in err


def test_the_numbers_are_those_of_show(run: Run) -> None:
    notes = result(run, "show", "rafah", "--format", "table").partition("\nSources\n")[2]
    numbered = dict(re.findall(r"^ *\[(\d+)\] +(\S+)$", notes, re.MULTILINE))
    assert len(numbered) > 5
    for number in ("1", max(numbered, key=int)):
        assert result(run, "open", "rafah", "--source", number).startswith(numbered[number])
