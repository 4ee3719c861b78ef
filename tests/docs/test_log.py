"""The programs of docs/reference/files.md check an export and a proof without ours."""

import base64
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.support.paths import ROOT

PAGE = ROOT / "docs" / "reference" / "files.md"
EXPORT, PROOF = re.findall(
    r"^```python\n(.*?)^```$",
    PAGE.read_text(encoding="utf-8"),
    re.MULTILINE | re.DOTALL,
)


@pytest.fixture
def filled(run: Run) -> Run:
    """Log seven entries, and redact the third."""
    for number in range(6):
        text = f'note {number} with }},"payload": and ,"salt": in it'
        code, _, err = run(
            *("log", "add", "rafah/3", "--kind", "note", "--on", "2024-06-01"),
            *("--speaker", "Somebody", "--role", "ngo", "--summary", text),
        )
        assert code == 0, err
    assert run("log", "redact", "3", "--why", "at risk", "--yes")[0] == 0
    return run


def python(program: str, file: Path) -> tuple[int, str]:
    done = subprocess.run(  # noqa: S603 - a program of the documentation
        [sys.executable, "-c", program, str(file)],
        capture_output=True,
        check=False,
        text=True,
    )
    return done.returncode, done.stdout.strip()


def test_an_export_is_checked_by_the_standard_library(filled: Run, tmp_path: Path) -> None:
    _, checkpoint, _ = filled("log", "checkpoint")
    _, size, root, *_ = checkpoint.splitlines()
    file = tmp_path / "log.jsonl"
    assert filled("log", "export", "--output", str(file))[0] == 0
    assert python(EXPORT, file) == (0, f"{size} {root}")
    file.write_bytes(file.read_bytes().replace(b"note 4", b"note 5"))
    assert python(EXPORT, file)[0] == 1


@pytest.mark.parametrize("entry", range(1, 8))
def test_a_proof_is_checked_by_the_standard_library(
    filled: Run, tmp_path: Path, entry: int
) -> None:
    file = tmp_path / "entry.proof"
    file.write_text(filled("log", "prove", str(entry))[1], encoding="utf-8")
    code, out = python(PROOF, file)
    compared, text = out.splitlines()
    found, expected = compared.split()
    assert (code, found) == (0, expected)
    assert '"summary":' in text or '"why":' in text or text == "null"
    lines = file.read_text(encoding="utf-8").splitlines()
    extra = base64.b64decode(lines[1].removeprefix("extra "))
    for old, new in ((b"note ", b"vote "), (b'"recorded":"2', b'"recorded":"3')):
        changed = extra.replace(old, new)
        lines[1] = "extra " + base64.b64encode(changed).decode()
        file.write_text("\n".join(lines), encoding="utf-8")
        code, out = python(PROOF, file)
        assert changed == extra or code or len({*out.split()[:2]}) == 2
