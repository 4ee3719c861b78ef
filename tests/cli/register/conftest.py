"""A release channel of the shipped register, and a home that trusts its key."""

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from orderwatch.register import packaged_path
from orderwatch.register.installed import Installation
from orderwatch.register.updates import Updates
from tests.support.channels import KEY, SIGNER
from tests.support.day import TODAY
from tools.channel import add

LABEL = ('label = "Measures of 26 January and 28 March 2024 reaffirmed"', 'label = "Reaffirmed"')
"""A change of the shipped register: the label of rafah/1."""
Publish = Callable[..., Path]
"""Adds a release to the channel; returns its folder."""


@pytest.fixture
def channel(tmp_path: Path) -> Path:
    """Name the folder of the channel, which has no release yet."""
    return tmp_path / "channel"


@pytest.fixture
def publish(channel: Path, tmp_path: Path) -> Publish:
    """Return what adds a release of the shipped register, with changes, to the channel."""

    def publish(*changes: tuple[str, str], reviewed: date = TODAY) -> Path:
        path = tmp_path / "next.toml"
        path.write_text(_changed(*changes, reviewed=reviewed), encoding="utf-8")
        add(channel, path, date(2027, 2, 21), SIGNER)
        return channel

    return publish


def _changed(*changes: tuple[str, str], reviewed: date = TODAY) -> str:
    """Return the shipped register with another day of review, and with changes."""
    text = packaged_path().read_text(encoding="utf-8")
    text = re.sub(r"(?m)^reviewed = .*$", f"reviewed = {reviewed}", text, count=1)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


@pytest.fixture
def trusted(sealed: Path, channel: Path) -> Path:
    """Configure the channel and its key; return the folder of installed releases."""
    path = sealed / "config" / "orderwatch" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(f'[releases]\nfrom = "{channel}"\nkey = "{KEY}"\n')
    return sealed / "data" / "orderwatch" / "register"


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install a release with `LABEL` once, for tests that only read; return the folder."""
    folder = tmp_path_factory.mktemp("release")
    path = folder / "orders.toml"
    path.write_text(_changed(LABEL), encoding="utf-8")
    add(folder / "channel", path, date(2027, 2, 21), SIGNER)
    installation = Installation(folder / "register", packaged_path())
    updates = Updates(str(folder / "channel"), SIGNER.verifier, installation, TODAY)
    item = updates.newest()
    updates.install(item, updates.register(item.release))
    return installation.folder


@pytest.fixture
def installed(release: Path, trusted: Path) -> Path:
    """Give the home an installed release; return the path of its register."""
    shutil.copytree(release, trusted)
    [path] = trusted.glob("*.toml")
    return path
