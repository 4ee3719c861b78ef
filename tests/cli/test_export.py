"""`export`, run whole."""

import csv
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.support.commands import documented
from tests.support.log_commands import MYANMAR, REPORT, add, done, printed, refused

FORMATS = ("ics", "atom", "json", "csv", "markdown", "svg")
HIDDEN = "Kept between us."


@pytest.mark.parametrize("form", FORMATS)
def test_each_format_is_one_document_always_the_same(run: Run, form: str) -> None:
    found = done(run, "export", form, "rafah")
    assert found == done(run, "export", form, "rafah")
    assert found.strip()
    assert done(run, "export", form) != found


def test_the_formats_of_status_say_what_status_says(run: Run) -> None:
    for form in ("json", "csv", "markdown"):
        assert done(run, "export", form, REPORT) == done(run, "status", REPORT, "--format", form)
    found = documented(done(run, "export", "json", "--all"))
    assert len(found["obligations"]) == len(printed(run, "status", "--all")["obligations"])
    rows = list(csv.reader(done(run, "export", "csv", "rafah").splitlines(), strict=True))
    assert len({len(row) for row in rows}) == 1


def test_a_timeline_is_a_picture(run: Run) -> None:
    root = ET.fromstring(done(run, "export", "svg", "rafah"))  # noqa: S314 - of ours
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "South Africa v. Israel" in "".join(root.itertext())


@pytest.mark.parametrize("form", FORMATS)
def test_private_entries_are_asked_for_or_stay_out(run: Run, form: str) -> None:
    kept = {"summary": HIDDEN, "private": True}
    add(run, finding="not known", scale="own", **{**kept, "kind": "assessment"})
    add(run, extends_to="2031-01-02", kind="court-decision", role="court", **kept)
    plain, whole = (done(run, "export", form, REPORT, *more) for more in ((), ("--with-private",)))
    for text in (HIDDEN, "2031", "20310102", "not known"):
        assert text not in plain
    assert plain != whole


def test_the_public_record_alone_is_as_if_there_were_no_log(run: Run) -> None:
    before = {form: done(run, "export", form, MYANMAR) for form in FORMATS}
    add(run, MYANMAR, on="2026-11-20")
    for form, text in before.items():
        assert done(run, "export", form, MYANMAR, "--no-log") == text


def test_a_file_is_written_whole_or_not_at_all(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "deadlines.ics"
    assert done(run, "export", "ics", "--output", str(file)) == ""
    assert file.read_text() == done(run, "export", "ics").replace("\r\n", "\n")
    before = file.read_bytes()
    refused(run, "export", "ics", "nowhere", "--output", str(file))
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]
    for wrong in (tmp_path, tmp_path / "none" / "x.ics", ""):
        assert "cannot be written" in refused(
            run, "export", "ics", "--output", str(wrong)
        ) or not str(wrong)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("pdf",), "pdf"),
        (("ics", "--alarm", "soon"), "--alarm soon: use"),
        (("ics", "--alarm", "-1"), "from 0"),
        (("ics", "--alarm", "1,2,3,4,5,6,7,8,9,10,11"), "up to 10"),
        (("csv", "--alarm", "1"), "not for csv"),
        (("csv", "--base-url", "https://example.org"), "not with csv"),
        (("atom", "--base-url", "example.org"), "invalid URL"),
        (("atom", "--base-url", "https://a.example/?x=1"), "invalid URL"),
        (("atom", "--base-url", "https://u@a.example/"), "invalid URL"),
        (("atom", "--base-url", "javascript:alert(1)"), "invalid URL"),
        (("json", "rafah/99"), "rafah/99"),
    ],
)
def test_what_cannot_be_meant_is_refused(run: Run, words: tuple[str, ...], said: str) -> None:
    assert said in refused(run, "export", *words)
