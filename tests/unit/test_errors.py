"""Hints in errors: they fit this installation."""

import sys

import pytest

from orderwatch.errors import install_command


@pytest.mark.parametrize(
    ("prefix", "executable", "command"),
    [
        ("/usr", "/usr/bin/python3", "/usr/bin/python3 -m pip install 'orderwatch[sign]'"),
        (
            "/home/ana/.local/share/pipx/venvs/orderwatch",
            "/home/ana/.local/share/pipx/venvs/orderwatch/bin/python",
            "pipx install --force 'orderwatch[sign]'",
        ),
        (
            "/opt/my tools",
            "/opt/my tools/bin/python",
            "'/opt/my tools/bin/python' -m pip install 'orderwatch[sign]'",
        ),
    ],
)
def test_what_is_to_install_goes_into_this_installation(
    monkeypatch: pytest.MonkeyPatch, prefix: str, executable: str, command: str
) -> None:
    monkeypatch.setattr(sys, "prefix", prefix)
    monkeypatch.setattr(sys, "executable", executable)
    assert install_command("sign") == command
