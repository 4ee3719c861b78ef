"""Small files that begin as captures of pages do."""

from pathlib import Path

CONTENT = {
    "html": b"<!DOCTYPE html><title>Ministry</title><p>The report was sent.</p>",
    "screen": b"\x89PNG\r\n\x1a\n and so on",
    "wacz": b"PK\x03\x04 and so on",
    "pdf": b"%PDF-1.7 and so on",
}
MEDIA_TYPES = {
    "html": "text/html",
    "screen": "image/png",
    "wacz": "application/x-wacz",
    "pdf": "application/pdf",
}
PAGE = "https://ministry.example/report"


def write(folder: Path, *roles: str) -> list[str]:
    """Write a file for each role; return the options that store it."""
    argv = []
    for role in roles or CONTENT:
        path = folder / f"page.{role}"
        path.write_bytes(CONTENT[role])
        argv += ["--capture", f"{role}={path}"]
    return argv
