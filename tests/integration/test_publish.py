"""`publish`, run whole: what stands in the folder, and what never does."""

import csv
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import feedparser  # type: ignore[import-untyped]
import pytest
import vobject  # type: ignore[import-untyped]

from orderwatch.log.formats import signed_note
from orderwatch.log.verify import verify_lines
from tests.conftest import Run
from tests.support.commands import documented
from tests.support.hostile import ALL
from tests.support.log_commands import MYANMAR, NOTE, REPORT, add, done, refused

pytestmark = pytest.mark.usefixtures("store")

URL = "https://example.org/icj/"
HIDDEN = "Between-us-alone"
DATA = {
    *("404.html", "badge", "cases", "data.html", "deadlines.ics", "embed", "events.csv"),
    *("feed.atom", "icon.svg", "index.html", "index.json", "manifest.json", "orders", "robots.txt"),
    *("schemas", "script.js", "states", "status.json", "style.css", "timeline.html"),
    *(
        "timeline.svg",
        "timeline.png",
        "orderwatch.sqlite",
        "datapackage.json",
        "event_subjects.csv",
    ),
    *("cases.csv", "orders.csv", "obligations.csv", "deadlines.csv", "votes.csv"),
}
OF_LOG = {"checkpoint", "log.jsonl", "proofs"}


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def top(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "public"


def test_the_folder_holds_pages_and_data(run: Run, folder: Path) -> None:
    said = done(run, "publish", str(folder))
    assert re.fullmatch(r".*/public: (\d+) files, \1 new or changed, 0 removed\n", said)
    assert top(folder) == DATA
    add(run)
    done(run, "publish", str(folder), "--base-url", URL)
    assert top(folder) == DATA | OF_LOG | {"sitemap.xml"}
    done(run, "publish", str(folder), "--no-log")
    assert top(folder) == DATA


@pytest.mark.file
def test_the_same_data_and_day_give_the_same_bytes(run: Run, tmp_path: Path) -> None:
    add(run)
    add(run, base=NOTE)
    here = {name: tmp_path / name for name in ("one", "two")}
    for place in here.values():
        done(run, "publish", str(place), "--base-url", URL)
    assert files(here["one"]) == files(here["two"])
    said = done(run, "publish", str(here["one"]), "--base-url", URL)
    assert "0 new or changed, 0 removed" in said


@pytest.mark.usefixtures("with_png")
@pytest.mark.file
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Honolulu"])
def test_neither_zone_nor_seed_nor_locale_change_a_byte(
    run: Run, tmp_path: Path, zone: str
) -> None:
    add(run)
    what = ("192", "--as-of", "2026-11-23")
    done(run, "publish", str(tmp_path / "here"), *what)
    subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-m", "orderwatch", "publish", str(tmp_path / "there"), *what],
        env={**os.environ, "TZ": zone, "PYTHONHASHSEED": "7", "LC_ALL": "C"},
        check=True,
        capture_output=True,
    )
    assert files(tmp_path / "here") == files(tmp_path / "there")


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.ids: set[str] = set()
        self.acts: set[str] = set()
        """Whatever could act, and is not the script of the site."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = str(dict(attrs).get("src")).endswith("script.js")
        if tag == "script" and not own and attrs != [("type", "application/ld+json")]:
            self.acts.add(tag)
        for name, value in attrs:
            if name.startswith("on") or name == "srcdoc":
                self.acts.add(name)
            if name in {"href", "src"} and value:
                self.found.add(value)
            if name == "id" and value:
                self.ids.add(value)


def _links(page: bytes) -> _Links:
    reader = _Links()
    reader.feed(page.decode())
    return reader


@pytest.mark.file
@pytest.mark.parametrize("ids", [(), ("rafah",), ("rafah/3", "178")])
def test_every_link_leads_somewhere(run: Run, folder: Path, ids: tuple[str, ...]) -> None:
    add(run)
    add(run, MYANMAR, on="2026-11-20", private=True)
    done(run, "publish", str(folder), *ids)
    found = files(folder)
    pages = {name: _links(data) for name, data in found.items() if name[-5:] == ".html"}
    count = 0
    for name, page in pages.items():
        for link in page.found:
            parts = urlsplit(urljoin(f"http://here/{name}", link))
            if parts.netloc != "here":
                continue
            target = unquote(parts.path).lstrip("/")
            assert target in found, f"{name}: {link}"
            if parts.fragment and target in pages:
                assert parts.fragment in pages[target].ids, f"{name}: {link}"
            count += 1
    assert count > 50


@pytest.mark.file
def test_documents_keep_to_their_schemas_and_formats(run: Run, folder: Path) -> None:
    add(run)
    done(run, "publish", str(folder), "--base-url", URL)
    status = documented((folder / "status.json").read_text())
    assert status["obligations"]
    assert (folder / "schemas" / "status.json").read_text() == done(run, "schema", "status")
    with (folder / "events.csv").open(newline="") as file:
        rows = list(csv.reader(file, strict=True))
    assert len({len(row) for row in rows}) == 1
    assert not feedparser.parse((folder / "feed.atom").read_bytes()).bozo
    calendar = vobject.readOne((folder / "deadlines.ics").read_text())
    assert len(calendar.vevent_list) > 15
    listed = ET.fromstring((folder / "sitemap.xml").read_bytes())  # noqa: S314 - of ours
    places = {str(one.text).removeprefix(URL) for one in listed.iter() if one.text}
    assert {"", "cases/192/", "orders/192-2024-05-24/"} <= places
    assert f"Sitemap: {URL}sitemap.xml" in (folder / "robots.txt").read_text()
    manifest = json.loads((folder / "manifest.json").read_text())
    assert {one["path"]: one["sha256"] for one in manifest["files"]} == {
        name: sha256(data).hexdigest()
        for name, data in files(folder).items()
        if name != "manifest.json"
    }


@pytest.mark.file
def test_each_state_and_case_has_feed_calendar_and_data(run: Run, folder: Path) -> None:
    add(run, summary="The lamp is lit.")
    done(run, "publish", str(folder), "--base-url", URL, "rafah", "178")
    names = {"feed.atom", "deadlines.ics", "index.json"}
    places = [path.parent for path in folder.glob("*/*/index.json")]
    assert {place.name for place in places} == {
        *("178", "192", "israel", "south-africa", "myanmar", "the-gambia"),
        *("algeria", "egypt", "germany", "turkey"),  # statements
    }
    found = files(folder)
    for place in (folder, *places):
        assert names <= top(place)
        feed = feedparser.parse((place / "feed.atom").read_bytes())
        assert not feed.bozo
        for entry in feed.entries:
            path, _, anchor = entry.link.removeprefix(URL).partition("#")
            assert not anchor or f'id="{anchor}"'.encode() in found[path], entry.link
        for link in feed.feed.links:
            assert link.rel == "license" or link.href.removeprefix(URL) in found
        documented((place / "index.json").read_text())
    calendar = vobject.readOne((folder / "states" / "israel" / "deadlines.ics").read_text())
    assert [event.summary.value for event in calendar.vevent_list] == [
        "Israel's report to the ICJ is due"
    ]
    assert calendar.refresh_interval.value == "P1D"
    assert "The lamp is lit." in (folder / "states" / "israel" / "feed.atom").read_text()


@pytest.mark.file
def test_every_event_of_the_public_record_is_published(run: Run, folder: Path) -> None:
    done(run, "publish", str(folder))
    listed = done(run, "log", "--format", "csv")
    expected = {row["id"] for row in csv.DictReader(listed.splitlines())}
    with (folder / "events.csv").open(newline="") as file:
        assert {row["id"] for row in csv.DictReader(file)} == expected


# What of the log leaves the house


def secret(run: Run, tmp_path: Path) -> list[str]:
    """Log what is private, in every way; give what must be nowhere."""
    kept = tmp_path / f"{HIDDEN}.txt"
    kept.write_text(f"{HIDDEN} as evidence")
    entry = add(
        run,
        kind="assessment",
        on="2026-10-09",
        speaker=f"{HIDDEN} speaker",
        summary=f"{HIDDEN} summary",
        source=f"https://example.org/{HIDDEN}",
        finding=f"{HIDDEN} finding",
        scale="own",
        private=True,
        attach=str(kept),
    )
    add(
        run,
        MYANMAR,
        kind="court-decision",
        on="2026-10-08",
        extends_to="2031-03-04",
        summary=f"{HIDDEN} extension",
        private=True,
    )
    gone = add(run, base=NOTE, summary=f"{HIDDEN} mistake", private=True)
    why = f"{HIDDEN} why"
    done(run, "log", "retract", str(gone["seq"]), "--why", why)
    digest = sha256(kept.read_bytes()).hexdigest()
    proof = f"{entry['id']}.tlog-proof"
    return [HIDDEN, "2031-03-04", "20310304", "4 March 2031", digest, proof]


def test_private_entries_are_nowhere(run: Run, folder: Path, tmp_path: Path) -> None:
    public = add(run, summary="For everybody.")
    words = secret(run, tmp_path)
    done(run, "publish", str(folder), "--base-url", URL, "--evidence")
    for name, data in files(folder).items():
        for word in words:
            assert word not in name
            assert word.encode() not in data, f"{word} is in {name}"
    assert b"For everybody." in (folder / "events.csv").read_bytes()
    assert [p.name for p in (folder / "proofs").iterdir()] == [f"{public['id']}.tlog-proof"]


def test_the_published_log_verifies_and_says_what_was_withheld(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    add(run)
    secret(run, tmp_path)
    done(run, "publish", str(folder))
    file = folder / "log.jsonl"
    checkpoint = ("--checkpoint", str(folder / "checkpoint"))
    said = done(run, "log", "verify", str(file), *checkpoint)
    assert "5 entries (0 redacted, 4 withheld from the file)" in said
    found = documented(done(run, "log", "verify", str(file), *checkpoint, "--format", "json"))
    assert (found["size"], found["withheld"]) == (5, 4)
    assert (
        verify_lines(file.read_bytes().splitlines()).root
        == verify_lines(done(run, "log", "export", "--with-private").encode().splitlines()).root
    )
    other = ("--log", str(tmp_path / "other.sqlite"))
    done(run, *other, "init")
    imported = done(run, *other, "log", "import", str(file))
    assert imported.startswith(
        "5 entries added, 0 already there.\nThe log has 5 entries (4 withheld)"
    )
    assert "(0 redacted, 4 withheld)," in done(run, *other, "log", "verify")
    filled = done(
        run, *other, "log", "import", "-", stdin=done(run, "log", "export", "--with-private")
    )
    assert filled.startswith("0 entries added, 5 already there, 4 of them filled in.\n")


def test_every_published_entry_has_a_proof_that_holds(run: Run, folder: Path) -> None:
    for _ in range(3):
        add(run)
    key = folder.parent / "office.key"
    verifier = done(run, "log", "keygen", str(key)).strip()
    done(run, "publish", str(folder), "--sign", str(key))
    proofs = list((folder / "proofs").iterdir())
    assert len(proofs) == 3
    for proof in proofs:
        done(run, "log", "verify-proof", str(proof), "--key", verifier)
    signed = signed_note.parse((folder / "checkpoint").read_bytes())
    assert signed_note.verify(signed, [signed_note.Verifier.parse(verifier)])
    page = (folder / "cases" / "192" / "index.html").read_text()
    assert all(f"proofs/{proof.name}" in page for proof in proofs)


def test_of_a_selection_no_other_entry_is_published(run: Run, folder: Path) -> None:
    add(run, summary="About Rafah.")
    add(run, MYANMAR, on="2026-11-20", summary="About Myanmar.")
    done(run, "publish", str(folder), "rafah")
    assert {path.name for path in (folder / "orders").iterdir()} == {
        "192-2024-05-24",
        "index.html",
    }
    text = b"".join(files(folder).values())
    assert b"About Rafah." in text
    assert b"About Myanmar." not in text


def test_evidence_is_published_on_request(run: Run, folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "letter.txt"
    kept.write_text("A letter.")
    add(run, attach=str(kept))
    done(run, "publish", str(folder))
    assert not (folder / "evidence").exists()
    done(run, "publish", str(folder), "--evidence")
    digest = sha256(b"A letter.").hexdigest()
    assert (folder / "evidence" / digest).read_text() == "A letter."


# Bad input, and a hostile one


def test_a_folder_of_somebody_else_is_left_alone(run: Run, folder: Path) -> None:
    folder.mkdir()
    (folder / "thesis.txt").write_text("precious")
    assert "thesis.txt" in refused(run, "publish", str(folder))
    assert top(folder) == {"thesis.txt"}
    done(run, "publish", str(folder), "--force")
    assert (folder / "thesis.txt").read_text() == "precious"
    assert top(folder) == DATA | {"thesis.txt"}


@pytest.mark.file
def test_what_cannot_be_meant_changes_nothing(run: Run, folder: Path) -> None:
    add(run)
    done(run, "publish", str(folder))
    before = files(folder)
    for words in (
        ("--base-url", "ftp://example.org"),
        ("--base-url", "https://example.org/?q"),
        ("nowhere",),
        ("--no-log", "--evidence"),
        ("--no-log", "--sign", "key"),
        ("--sign", "none.key"),
        ("--as-of", "2024-13-01"),
    ):
        refused(run, "publish", str(folder), *words, code=2)
        assert files(folder) == before, words
    assert top(folder.parent) == {"public"}


@pytest.mark.file
def test_hostile_text_is_text_in_every_file(run: Run, folder: Path) -> None:
    line = "x" * 19_000
    for text in (*ALL, line):
        clean = text.encode("utf-8", "ignore").decode()[:19_000]
        if not clean.strip() or "\0" in clean:
            continue
        file = folder.parent / "event.json"
        event = {**NOTE, "about": [REPORT], "summary": clean, "speaker": clean}
        file.write_text(json.dumps(event))
        run("log", "add", "--file", str(file))
    file.unlink()
    done(run, "publish", str(folder), "192")
    found = files(folder)
    for name, data in found.items():
        if name[-5:] == ".html":
            page = _links(data)
            assert page.acts == set(), name
            assert not any(
                link.lower().startswith(("javascript:", "data:", "vbscript:"))
                for link in page.found
            )
        if name[-5:] == ".atom" or name[-4:] == ".svg":
            for one in ET.fromstring(data).iter():  # noqa: S314 - of ours
                assert not one.tag.endswith("script")
                assert not any(key.startswith("on") for key in one.attrib)
        if name.endswith((".html", ".atom", ".svg", ".ics", ".csv", ".json")):
            assert not set("\x1b\x07\x00\u202e\u2066\u2028") & set(data.decode()), name
    with (folder / "events.csv").open(newline="") as opened:
        for row in csv.reader(opened, strict=True):
            assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)
    documented(found["status.json"].decode())
    assert not feedparser.parse(found["feed.atom"]).bozo


@pytest.mark.parametrize("name", ["", "\0"], ids=ascii)
def test_what_is_the_name_of_no_folder_is_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = run("publish", name)
    assert (code, out) == (2, "")
    assert "is not a folder name" in err
    assert list(tmp_path.iterdir()) == []
