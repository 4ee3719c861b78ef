"""Hints in errors: they fit this installation."""

import importlib.metadata
import importlib.util
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from orderwatch.errors import install_command

Install = Callable[..., None]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Install:
    """Take this process for one of another installation."""

    def taken(prefix: str, *, base: str = "/usr", pip: bool = True, managed: bool = False) -> None:
        monkeypatch.setattr(sys, "prefix", prefix)
        monkeypatch.setattr(sys, "base_prefix", base)
        monkeypatch.setattr(sys, "executable", f"{prefix}/bin/python3")
        monkeypatch.setattr(importlib.util, "find_spec", lambda _: object() if pip else None)
        monkeypatch.setattr(sysconfig, "get_path", lambda _: str(tmp_path))
        if managed:
            (tmp_path / "EXTERNALLY-MANAGED").touch()

    return taken


def test_pip_of_a_virtual_environment_adds_the_packages(install: Install) -> None:
    install("/opt/orderwatch", managed=True)
    assert install_command("postgres") == (
        "/opt/orderwatch/bin/python3 -m pip install 'psycopg[binary]>=3.2'"
    )


def test_a_path_with_a_space_is_quoted(install: Install) -> None:
    install("/opt/my tools")
    assert install_command("notify").startswith("'/opt/my tools/bin/python3' -m pip install")


def test_pipx_injects_into_its_environment(install: Install) -> None:
    install("/home/ana/.local/share/pipx/venvs/orderwatch")
    assert install_command("notify") == "pipx inject orderwatch 'apprise>=1.9'"


@pytest.mark.parametrize("prefix", ["/home/ana/.local/share/uv/tools/orderwatch", "/srv/venv"])
def test_uv_adds_to_an_environment_without_pip(install: Install, prefix: str) -> None:
    install(prefix, pip=False)
    assert install_command("notify") == (
        f"uv pip install --python {prefix}/bin/python3 'apprise>=1.9'"
    )


def test_a_python_of_the_system_that_refuses_pip_gets_the_option_it_asks_for(
    install: Install,
) -> None:
    install("/usr")
    assert install_command("notify") == "/usr/bin/python3 -m pip install 'apprise>=1.9'"
    install("/usr", managed=True)
    assert install_command("notify") == (
        "/usr/bin/python3 -m pip install --user --break-system-packages 'apprise>=1.9'"
    )


def test_without_metadata_the_extra_is_named(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> list[str]:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "requires", missing)
    install("/opt/x")
    assert install_command("notify").endswith("pip install 'orderwatch[notify]'")
