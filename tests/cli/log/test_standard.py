"""`log verify --standard berkeley`: what entries lack of the Berkeley Protocol."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from orderwatch import evidence
from orderwatch.frozen import replace
from orderwatch.log.formats import jsonl
from orderwatch.model import Attachment, Capture, CaptureRole, Event, EventKind
from tests.conftest import Run
from tests.support import build, captures
from tests.support.entries import Scribe, signed
from tests.support.log_commands import NOTE, REPORT, adding, done, printed

ALL = ["address", "source-code", "full-page", "time", "hash", "custody"]
TIME = datetime(2024, 6, 20, 12, 30, tzinfo=UTC)
CHOICES = [
    (code, page, is_timed)
    for code in ("", "html", "wacz")
    for page in ("", "screen", "pdf")
    for is_timed in (False, True)
]


def numbered_events(stored: dict[str, Attachment]) -> Iterator[tuple[Event, set[str], bool]]:
    """Yield 200 events, what each lacks, and whether it is to be signed."""
    for number in range(200):
        code, page, is_timed = CHOICES[number % len(CHOICES)]
        has_source, has_url, is_signed = number % 5 > 0, number % 7 > 2, number % 11 > 0
        roles = [role for role in (code, page) if role]
        files = [
            replace(
                stored[role],
                capture=Capture(
                    role=CaptureRole(role),
                    url=captures.PAGE if has_url else None,
                    time=TIME if is_timed else None,
                ),
            )
            for role in roles
        ]
        if number % 3 == 0:
            files.append(replace(stored["pdf"], capture=None))
        event = build.event(
            date(2024, 6, 20),
            "icj:192/2024-05-24/3",
            kind=EventKind.NOTE,
            source=captures.PAGE if has_source else None,
            summary=f"Number {number}.",
        )
        lacks = {
            "address": not (has_source or (has_url and roles)),
            "source-code": not code,
            "full-page": not page,
            "time": not (is_timed and roles),
            "hash": not files,
            "custody": not is_signed,
        }
        yield (
            replace(event, attachments=tuple(files)),
            {name for name, lacking in lacks.items() if lacking},
            is_signed,
        )


@pytest.fixture
def expected(run: Run, tmp_path: Path) -> dict[int, set[str]]:
    """Import 200 entries; return what each lacks."""
    captures.write(tmp_path)
    folder = tmp_path / "evidence"
    stored = {role: evidence.add(tmp_path / f"page.{role}", folder) for role in captures.CONTENT}
    scribe, lines, wanted = Scribe(), [], {}
    for number, (event, lacks, is_signed) in enumerate(numbered_events(stored), start=1):
        entry = scribe.of(event)
        entry = signed(entry) if is_signed else entry
        lines.append(jsonl.encode_line(entry.raw, entry.salt, entry.payload))
        wanted[number] = lacks
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"".join(lines))
    done(run, "log", "import", str(path))
    return wanted


def test_exactly_the_entries_that_lack_something_are_listed(
    run: Run, tmp_path: Path, expected: dict[int, set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERWATCH_EVIDENCE", str(tmp_path / "evidence"))
    wanted = {number: lacks for number, lacks in expected.items() if lacks}
    assert 100 < len(wanted) < 200
    found = printed(run, "log", "verify", "--standard", "berkeley")["shortfalls"]
    assert {row["seq"]: set(row["lacks"]) for row in found} == wanted
    assert {name for lacks in wanted.values() for name in lacks} == set(ALL)
    text = f"Berkeley Protocol: {len(wanted)} of 200 entries lack something."
    for style in ("plain", "table"):
        shown = done(run, "log", "verify", "--standard", "berkeley", "--format", style)
        assert text in shown
    blocks = done(run, "log", "verify", "--standard", "berkeley").split("\n\n")[1:]
    assert [int(block.split()[1]) for block in blocks] == sorted(wanted)


def test_an_amended_entry_is_judged_by_what_counts(run: Run, tmp_path: Path) -> None:
    done(run, *adding(base=NOTE))
    argv = ("--captured", "2024-06-20T14:30Z", "--capture-url", captures.PAGE)
    done(run, "log", "correct", "1", *captures.write(tmp_path, "html", "pdf"), *argv)
    done(run, "log", "add", REPORT, *adding(base=NOTE)[3:], "--private")
    shown = done(run, "log", "verify", "--standard", "berkeley")
    assert shown.endswith(
        "Berkeley Protocol: 1 of 2 entries lack something.\n\nentry: 3\n"
        "summary: Rang the Registry.\n"
        "lacks: address; source code (html or wacz); full-page capture (screen or pdf); "
        "date and time of capture; hash at collection\n"
    )
    assert printed(run, "log", "verify")["shortfalls"] is None


def test_a_standard_is_about_the_log(run: Run, tmp_path: Path) -> None:
    code, _out, err = run("log", "verify", str(tmp_path / "x"), "--standard", "berkeley")
    assert (code, err) == (2, "orderwatch: --standard is about the log, not about a file\n")
