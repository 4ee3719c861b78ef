"""Everything that leaves a log: what is published, exported, or sent to a partner."""

from pathlib import Path

from tests.conftest import Run

FORMATS = ("ics", "atom", "json", "csv", "markdown", "svg")


def outputs(run: Run, folder: Path, *options: str) -> dict[str, bytes]:
    """Publish and export everything; give the bytes of each output by its name."""
    commands = [("publish", str(folder)), ("log", "export"), *(("export", f) for f in FORMATS)]
    found = {}
    for argv in commands:
        code, out, err = run(*options, *argv)
        assert code == 0, err
        found[" ".join(argv)] = (out + err).encode()
    return found | {str(p): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def leaks(run: Run, folder: Path, word: str, *options: str) -> list[str]:
    """Name the outputs that hold a word."""
    found = outputs(run, folder, *options).items()
    return [name for name, data in found if word.encode() in data]
