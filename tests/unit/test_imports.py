"""What the commands that run most often import."""

import subprocess
import sys

import pytest

COUNT = """
import sys
from pathlib import Path
from orderwatch.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
files = [Path(str(m.__file__)) for n, m in sys.modules.items() if "orderwatch" in n]
code = [file for file in files if len(file.read_text().splitlines()) > 1]
print(len(code), *sorted(n for n in sys.modules if "orderwatch" in n), file=sys.stderr)
"""
"""Run a command and print the modules of the package, less the empty `__init__`."""


@pytest.mark.parametrize(
    ("line", "limit"),
    [("status rafah", 33), ("status", 33), ("--version", 17)],
)
def test_a_command_imports_few_modules(line: str, limit: int) -> None:
    done = subprocess.run(  # noqa: S603 - the code above
        [sys.executable, "-c", COUNT, *line.split()],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout
    count, *names = done.stderr.split()
    assert int(count) <= limit, names
    for heavy in ("orderwatch.log.sqlite", "orderwatch.evidence", "orderwatch.word_search"):
        assert heavy not in names
