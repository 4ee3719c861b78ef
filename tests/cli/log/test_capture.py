"""Captures of pages: role, type, address and time."""

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.support import captures
from tests.support.log_commands import NOTE, add, adding, done, printed

WHEN = "2024-06-20T14:30:15+02:00"


def test_a_capture_has_role_type_address_and_time(run: Run, tmp_path: Path) -> None:
    argv = captures.write(tmp_path)
    done(run, *adding(captured=WHEN, capture_url=captures.PAGE), *argv)
    files = printed(run, "log", "show", "1")["event"]["attachments"]
    assert [file["media_type"] for file in files] == list(captures.MEDIA_TYPES.values())
    assert [file["capture"] for file in files] == [
        {"role": role, "url": captures.PAGE, "time": "2024-06-20T12:30:15Z"}
        for role in captures.CONTENT
    ]
    shown = done(run, "log", "show", "1")
    assert "screen: page.screen (sha256 " in shown
    assert f"{captures.PAGE}, 2024-06-20T12:30:15Z" in shown
    assert "4 files" in done(run, "log", "verify")


def test_address_and_time_can_be_missing(run: Run, tmp_path: Path) -> None:
    done(run, *adding(), *captures.write(tmp_path, "html"))
    (file,) = printed(run, "log", "show", "1")["event"]["attachments"]
    assert file["capture"] == {"role": "html", "url": None, "time": None}


def test_json_has_address_and_time_as_the_options_have_them(run: Run, tmp_path: Path) -> None:
    argv = captures.write(tmp_path, "pdf")
    text = (
        '{"about": "rafah/3", "kind": "note", "on": "2024-06-20", "speaker": "Ana", "role": "ngo",'
        f' "summary": "Saw it.", "captured": "{WHEN}", "capture_url": "{captures.PAGE}"}}'
    )
    done(run, "log", "add", "--file", "-", *argv, stdin=text)
    (file,) = printed(run, "log", "show", "1")["event"]["attachments"]
    assert file["capture"]["time"] == "2024-06-20T12:30:15Z"


@pytest.mark.parametrize(
    ("role", "content", "error"),
    [
        ("html", captures.CONTENT["screen"], "it begins like image/png; use --capture screen="),
        ("screen", captures.CONTENT["pdf"], "it begins like application/pdf; use --capture pdf="),
        ("wacz", b"The report", "it does not begin like application/x-wacz"),
        ("pdf", b"", "it does not begin like application/pdf"),
        ("html", b"a < b", "it does not begin like text/html, application/xhtml+xml"),
    ],
)
def test_a_file_of_another_role_is_refused(
    run: Run, tmp_path: Path, role: str, content: bytes, error: str
) -> None:
    path = tmp_path / "page"
    path.write_bytes(content)
    code, out, err = run(*adding(), "--capture", f"{role}={path}")
    assert (code, out) == (2, "")
    assert f"{path} is not a capture of the role {role}: {error}" in err
    assert list(tmp_path.rglob("*.evidence")) == []


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf\n <HTML lang=en>",
        b"<!-- saved from url --><html>",
        b'<?xml version="1.0"?><html>',
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: x",
        "<!doctype html><title>a</title>".encode("utf-16"),
    ],
)
def test_source_code_is_recognised_as_browsers_save_it(
    run: Run, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "page"
    path.write_bytes(content)
    done(run, *adding(), "--capture", f"html={path}")


@pytest.mark.parametrize(
    ("argv", "error"),
    [
        (("--capture", "page.html"), "--capture takes ROLE=FILE, not 'page.html'; roles: html"),
        (("--capture", "print=page.html"), "roles: html, screen, wacz, pdf"),
        (("--captured", WHEN), "captured needs --capture"),
        (("--capture-url", captures.PAGE), "capture_url needs --capture"),
        (("--captured", "2024-06-20 14:30", "--capture", "html=x"), "is not date, time and offset"),
        (("--captured", "2099-06-20T14:30Z", "--capture", "html=x"), "is in the future"),
        (("--capture-url", "page", "--capture", "html=x"), "invalid URL"),
        (("--max-size", "much", "--attach", "x"), "'much' is not a size, such as 500M or 4G"),
    ],
)
def test_wrong_options_are_refused(run: Run, argv: tuple[str, ...], error: str) -> None:
    code, out, err = run(*adding(), *argv)
    assert (code, out) == (2, "")
    assert error in err


def test_a_correction_keeps_captures_and_adds_more(run: Run, tmp_path: Path) -> None:
    done(run, *adding(), *captures.write(tmp_path, "html"))
    done(run, "log", "correct", "1", *captures.write(tmp_path, "screen"), "--captured", WHEN)
    files = printed(run, "log", "show", "2")["event"]["attachments"]
    assert [(file["capture"]["role"], file["capture"]["time"]) for file in files] == [
        ("html", None),
        ("screen", "2024-06-20T12:30:15Z"),
    ]


def test_a_file_above_the_limit_needs_a_larger_one(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "video.mp4"
    path.write_bytes(b"x" * 3000)
    config = tmp_path / "config.toml"
    config.write_text('evidence_max = "2K"\n')
    limited = ("--config", str(config))
    code, _out, err = run(*limited, *adding(attach=str(path)))
    assert code == 2
    assert "has 3,000 bytes; the maximum is 2K: --max-size or evidence_max in the config" in err
    assert not list(tmp_path.rglob("*.evidence"))
    done(run, *limited, *adding(attach=str(path)), "--max-size", "3K")
    config.write_text('evidence_max = "2 GB"\n')
    code, _out, err = run(*limited, "log")
    assert (code, err.count("is not a size")) == (2, 1)


def test_captures_travel_and_go_as_attachments_do(run: Run, tmp_path: Path) -> None:
    add(run, base=NOTE)
    argv = captures.write(tmp_path)
    done(run, *adding(captured=WHEN, capture_url=captures.PAGE), *argv)
    before = printed(run, "log", "show", "2")["event"]["attachments"]
    lines = tmp_path / "log.jsonl"
    done(run, "log", "export", "--output", str(lines))
    other = ("--log", str(tmp_path / "other.sqlite"))
    done(run, *other, "init")
    done(run, *other, "log", "import", str(lines))
    assert printed(run, *other, "log", "show", "2")["event"]["attachments"] == before
    done(run, "log", "backup", str(tmp_path / "a.backup"))
    restored = ("--log", str(tmp_path / "restored.sqlite"))
    done(run, *restored, "log", "restore", str(tmp_path / "a.backup"))
    assert "4 files" in done(run, *restored, "log", "verify")
    done(run, *restored, "log", "redact", "2", "--why", "at risk", "--yes")
    assert "0 files" in done(run, *restored, "log", "verify")
    assert not (tmp_path / "restored.sqlite.evidence").exists()
