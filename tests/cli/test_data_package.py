"""`export datapackage` and `export sqlite`, run whole, and read by the programs of data desks."""

import csv
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import frictionless
import pandas as pd
import pytest
from datasette.cli import cli as datasette  # type: ignore[import-untyped]

from orderwatch.model import CC_BY
from tests.conftest import Run
from tests.support.log_commands import MYANMAR, NOTE, REPORT, add, done, printed, refused
from tests.support.paths import CASES

FILES = {
    *("cases.csv", "orders.csv", "obligations.csv", "deadlines.csv", "events.csv", "votes.csv"),
    *("event_subjects.csv", "datapackage.json", "manifest.json"),
}
HIDDEN = "Between us alone."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def descriptor(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    return found


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, strict=True))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_frictionless_finds_types_keys_and_references_valid(run: Run, folder: Path) -> None:
    add(run)
    add(run, base=NOTE, summary="=HYPERLINK(1)\n\u202eon two lines")
    out = done(run, "export", "datapackage", "--output", str(folder))
    assert out.endswith("data: 8 files, 8 new or changed, 0 removed\n")
    assert contents(folder).keys() == FILES
    report = frictionless.validate(str(folder / "datapackage.json"))
    assert report.flatten(["code", "message"]) == []
    package = descriptor(folder)
    schemas = {item["name"]: item["schema"] for item in package["resources"]}
    assert {f"{name}.csv" for name in schemas} == FILES - {"datapackage.json", "manifest.json"}
    references = {
        (name, key["fields"][0], key["reference"]["resource"])
        for name, schema in schemas.items()
        for key in schema["foreignKeys"]
    }
    assert {
        ("orders", "case", "cases"),
        ("deadlines", "obligation", "obligations"),
        ("votes", "order", "orders"),
        ("event_subjects", "event", "events"),
    } <= references
    assert all(schema["primaryKey"] for schema in schemas.values())
    units = {field["name"] for field in schemas["deadlines"]["fields"] if "unit" in field}
    assert units == {"days_left", "submission_days_late"}
    assert {"as_of", "version", "register", "log", "licenses", "sources"} <= package.keys()
    assert package["register"]["age_days"] > 0
    assert all(item["licenses"] == package["licenses"] for item in package["resources"])
    assert package["licenses"][0]["name"] == "CC-BY-4.0"


def test_a_reference_to_nothing_is_found(run: Run, folder: Path) -> None:
    done(run, "export", "datapackage", "rafah", "--output", str(folder))
    path = folder / "deadlines.csv"
    path.write_bytes(path.read_bytes().replace(b",192/2024-05-24/3,", b",192/2024-05-24/9,"))
    assert not frictionless.validate(str(folder / "datapackage.json")).valid


def test_deadlines_are_those_of_the_command(run: Run, folder: Path) -> None:
    add(run, MYANMAR, kind="submission", on="2026-11-20")
    done(run, "export", "datapackage", "--output", str(folder))
    expected = printed(run, "deadlines", "--json")["deadlines"]
    fields = descriptor(folder)["resources"][3]["schema"]["fields"]
    read = {
        "integer": int,
        "boolean": {"TRUE": True, "FALSE": False}.get,
    }
    found = [
        {
            field["name"]: read.get(field["type"], str)(value) if value else None  # type: ignore[operator]
            for field, value in zip(fields, row.values(), strict=True)
        }
        for row in rows(folder, "deadlines")
    ]
    for row in expected:
        row["addressees"] = "; ".join(row["addressees"])
    assert found == expected
    assert len(found) > 20


def test_pandas_reads_dates_numbers_and_truth_values(run: Run, folder: Path) -> None:
    add(run)
    done(run, "export", "datapackage", "--output", str(folder))
    for resource in descriptor(folder)["resources"]:
        types = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
        assert list(types) == [name.lower() for name in types]
        days = [name for name, kind in types.items() if kind in {"date", "datetime"}]
        table = pd.read_csv(folder / resource["path"], parse_dates=days)
        assert list(table.columns) == list(types)
        for name, kind in types.items():
            if table[name].notna().any():
                letter = {"date": "M", "datetime": "M", "boolean": "b", "integer": "if"}.get(kind)
                assert letter is None or table[name].dtype.kind in letter, name


def test_datasette_opens_the_database(
    run: Run, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add(run)
    file = tmp_path / "orderwatch.sqlite"
    assert done(run, "export", "sqlite", "--output", str(file)) == ""
    done(run, "export", "datapackage", "--output", str(folder))
    datasette.main(["inspect", str(file)], standalone_mode=False)
    found = json.loads(capsys.readouterr().out)["orderwatch"]["tables"]
    names = [item["name"] for item in descriptor(folder)["resources"]]
    counts = {name: {"count": len(rows(folder, name))} for name in names}
    assert {name: found[name] for name in names} == counts
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        strict = {name: flag for _, name, _, _, _, flag in database.execute("PRAGMA table_list")}
        assert all(strict[name] for name in names)
        about = dict(database.execute("SELECT name, value FROM about"))
        assert json.loads(about["licenses"])[0]["name"] == "CC-BY-4.0"
        late = database.execute(
            'SELECT short, due FROM deadlines JOIN cases ON cases.id = deadlines."case"'
            " WHERE deadlines.id LIKE '178/%' ORDER BY due LIMIT 1"
        ).fetchone()
        assert late == ("The Gambia v. Myanmar", "2020-05-23")
        assert ('["Israel"]',) in database.execute("SELECT addressees FROM deadlines").fetchall()
        database.execute("PRAGMA foreign_keys = ON")
        with pytest.raises(sqlite3.IntegrityError):
            database.execute("DELETE FROM cases")


def test_private_entries_are_never_in_it(run: Run, folder: Path, tmp_path: Path) -> None:
    add(run, base=NOTE, summary=HIDDEN, private=True)
    add(run, base=NOTE, summary="For everybody.")
    file = tmp_path / "orderwatch.sqlite"
    for form, place in (("datapackage", folder), ("sqlite", file)):
        refusal = refused(run, "export", form, "--with-private", "--output", str(place))
        assert "never has private entries" in refusal
        done(run, "export", form, REPORT, "--output", str(place))
    for content in (*contents(folder).values(), file.read_bytes()):
        assert HIDDEN.encode() not in content
    for content in ((folder / "events.csv").read_bytes(), file.read_bytes()):
        assert b"For everybody." in content
    done(run, "export", "datapackage", REPORT, "--no-log", "--output", str(folder))
    assert b"For everybody." not in (folder / "events.csv").read_bytes()


def test_a_site_has_the_same_files_and_the_bytes_do_not_change(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    add(run)
    site, file = tmp_path / "site", tmp_path / "orderwatch.sqlite"
    done(run, "publish", str(site), "rafah")
    done(run, "export", "datapackage", "rafah", "--output", str(folder))
    done(run, "export", "sqlite", "rafah", "--output", str(file))
    for name in FILES - {"manifest.json"}:
        assert (site / name).read_bytes() == (folder / name).read_bytes(), name
    assert (site / file.name).read_bytes() == file.read_bytes()
    assert "0 new or changed" in done(
        run, "export", "datapackage", "rafah", "--output", str(folder)
    )


def test_what_rests_on_a_coding_for_non_commercial_use_is_marked(run: Run, folder: Path) -> None:
    done(run, "export", "datapackage", "--output", str(folder))
    assert {item["license"] for item in descriptor(folder)["sources"]} >= {"CC-BY-NC-4.0"}
    marked = {row["id"] for row in rows(folder, "obligations") if row["coding_licence"]}
    assert {"192/2024-01-26/6", "192/2024-05-24/3"} <= marked
    assert "178/2020-01-23/4" not in marked
    text = "Coded in S. Bazarova's data set"
    assert marked >= {row["id"] for row in rows(folder, "obligations") if text in row["note"]}


def test_a_register_of_ones_own_has_no_licence_of_ours(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERWATCH_ORDERS", str(CASES / "hamburg.toml"))
    done(run, "export", "datapackage", "--output", str(folder))
    assert frictionless.validate(str(folder / "datapackage.json")).valid
    assert {"licenses", "sources"}.isdisjoint(descriptor(folder))
    assert all("licenses" not in item for item in descriptor(folder)["resources"])
    assert rows(folder, "cases")[0]["id"] == rows(folder, "orders")[0]["case"]


def test_site_feed_and_package_name_one_licence(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = {}
    for name, register in (("ours", None), ("own", CASES / "hamburg.toml")):
        if register:
            monkeypatch.setenv("ORDERWATCH_ORDERS", str(register))
        folder = tmp_path / name
        done(run, "publish", str(folder), "--no-log")
        done(run, "export", "atom", "--output", str(folder / "exported.atom"))
        paths = [path for path in folder.rglob("*") if path.suffix in {".html", ".atom", ".json"}]
        texts = {path: path.read_text(encoding="utf-8") for path in paths}
        assert not [path for path, text in texts.items() if "Apache" in text]
        named[name] = {path.name for path, text in texts.items() if CC_BY.url in text}
    pages = {"index.html", "feed.atom", "exported.atom", "datapackage.json", "data.html"}
    assert pages <= named["ours"]
    assert named["own"] == set()


@pytest.mark.parametrize("form", ["datapackage", "sqlite"])
def test_a_name_is_needed_and_other_files_stay(run: Run, tmp_path: Path, form: str) -> None:
    for words in ((), ("--output", "-")):
        assert "needs --output" in refused(run, "export", form, *words)
    (tmp_path / "mine.txt").touch()
    refused(run, "export", form, "--output", str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
