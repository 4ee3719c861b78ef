"""`cite`: a citation that names point, date, address, computation, data and day of access."""

import json
import re
from pathlib import Path

import pytest
from bibtexparser.entrypoint import parse_string

from orderwatch.model import CitationStyle as Style
from tests.conftest import Golden, Run
from tests.support.commands import result
from tests.support.paths import CASES

DAY = ("--as-of", "2024-06-20")
RAFAH = "https://www.icj-cij.org/node/204091"


@pytest.mark.parametrize("style", list(Style))
@pytest.mark.parametrize("name", ["rafah/3", "178/2020-01-23", "178/2020-01-23/4", "192"])
def test_every_style(run: Run, golden: Golden, name: str, style: Style) -> None:
    out = result(run, "cite", name, "--style", style, *DAY)
    golden(f"cli/cite/{name.replace('/', '-')}.{style}", out)


@pytest.mark.parametrize("style", list(Style))
def test_it_names_what_a_reader_checks(run: Run, style: Style) -> None:
    out = result(run, "cite", "rafah/3", "--style", style, *DAY)
    assert "57(3)" in out
    assert "1 month from Friday 24 May 2024 is Monday 24 June 2024" in out
    assert RAFAH in out
    assert "register reviewed on 23 November 2026" in out
    assert "20 June 2024" in out or "June 20, 2024" in out


def test_a_series_cites_the_next_date_or_the_one_that_is_named(run: Run) -> None:
    day = ("--as-of", "2026-11-29")
    assert "due Sunday 23 May 2027" in result(run, "cite", "178/2020-01-23/4", *day)
    name = "178/2020-01-23/4@2020-11-23"
    assert "due Monday 23 November 2020" in result(run, "cite", name, *day)


def test_forms_of_oscola_and_bluebook(run: Run) -> None:
    reported = ("cite", "178/2020-01-23", *DAY, "--style")
    assert "Genocide (The Gambia v Myanmar" in result(run, *reported, "oscola")
    assert ") (Order of 23 January 2020) [2020] ICJ Rep 3 <" in result(run, *reported, "oscola")
    assert "), Order, 2020 I.C.J. 3 (Jan. 23), https" in result(run, *reported, "bluebook")
    recent = ("cite", "rafah/3", *DAY, "--style")
    assert "ICJ General List No 192, para 57(3) <https" in result(run, *recent, "oscola")
    bluebook = result(run, *recent, "bluebook")
    assert "(S. Afr. v. Isr.), No. 192, Order, ¶ 57(3) (I.C.J. May 24, 2024), https" in bluebook
    assert "(last visited June 20, 2024)" in bluebook


@pytest.mark.parametrize("name", ["rafah/3", "178/2020-01-23", "192"])
def test_bibtex_is_read_by_a_parser(run: Run, name: str) -> None:
    library = parse_string(result(run, "cite", name, "--style", "bibtex", *DAY))
    assert library.failed_blocks == []
    [entry] = library.entries
    assert entry.entry_type == "misc"
    assert re.fullmatch(r"[a-z0-9.-]+", entry.key)
    fields = {field.key: field.value for field in entry.fields}
    assert fields["author"] == "{International Court of Justice}"
    assert ("year" in fields) is (name != "192")
    assert fields["url"].startswith("https://www.icj-cij.org/")


def test_csl_is_an_item_with_dates(run: Run) -> None:
    [item] = json.loads(result(run, "cite", "rafah/3", "--style", "csl", *DAY))
    assert item["type"] == "legal_case"
    assert item["authority"] == "International Court of Justice"
    assert item["issued"] == {"date-parts": [[2024, 5, 24]]}
    assert item["accessed"] == {"date-parts": [[2024, 6, 20]]}
    assert item["URL"] == RAFAH


@pytest.mark.parametrize("style", list(Style))
def test_another_court_has_its_own_name(run: Run, style: Style) -> None:
    orders = ("--orders", str(CASES / "hamburg.toml"))
    out = result(run, *orders, "cite", "release/2", "--style", style, "--as-of", "2026-11-02")
    assert "Harbour Tribunal" in out or "HT" in out
    assert not re.search(r"I\.?C\.?J|Justice|General List", out)


@pytest.mark.parametrize("style", list(Style))
def test_a_register_without_a_court_names_none(run: Run, tmp_path: Path, style: Style) -> None:
    text = (CASES / "hamburg.toml").read_text(encoding="utf-8")
    head, _, rest = text.partition("[court]")
    path = tmp_path / "orders.toml"
    path.write_text(head + rest[rest.index("[state.") :], encoding="utf-8")
    argv = ("cite", "release/2", "--style", style, "--as-of", "2026-11-02")
    out = result(run, "--orders", str(path), *argv)
    assert "12/26" in out
    assert not re.search(r"Harbour|\bHT\b|I\.?C\.?J|Justice", out)


def test_special_characters_of_bibtex_are_escaped() -> None:
    from orderwatch.render.citation import _escape

    assert _escape("a{b}_\\%\x1b") == r"a\{b\}\_\textbackslash{}\%<U+001B>"


def test_an_unknown_id(run: Run) -> None:
    code, out, err = run("cite", "zzz")
    assert (code, out) == (2, "")
    assert "zzz" in err
