"""Release channels: what is refused, and what an installation keeps."""

import gzip
import re
from pathlib import Path

import pytest

from orderwatch.errors import RegisterError, UsageError
from orderwatch.register.channel import FILE, Channel, sign
from orderwatch.register.installed import KEPT, Installation
from orderwatch.register.releases import Release
from orderwatch.register.updates import Updates
from tests.stress import channels as stress
from tests.support import channels
from tests.support.channels import COUNT, SIGNER
from tests.support.day import TODAY


def update(folder: Path, installation: Installation) -> None:
    updates = Updates(str(folder), SIGNER.verifier, installation, TODAY)
    item = updates.newest()
    if installation.in_use().is_older_than(item):
        updates.install(item, updates.register(item.release))


def used(installation: Installation) -> int | None:
    item = installation.in_use().installed
    return item.release.number if item else None


def test_a_good_channel_is_accepted_from_every_state(tmp_path: Path) -> None:
    """Without this, a client that refuses everything would pass the attacks."""
    good = channels.write(tmp_path / "channel", channels.releases())
    for seen in range(1, COUNT + 1):
        installation = channels.home(tmp_path / str(seen), seen, installed=1)
        update(good, installation)
        assert used(installation) == COUNT
        assert installation.in_use().path.read_bytes() == channels.register(COUNT)


def test_a_quorum_of_cosignatures_is_accepted_from_every_state(tmp_path: Path) -> None:
    good = channels.write(tmp_path / "channel", channels.releases())
    installation = channels.home(tmp_path / "home", 2, installed=1)
    updates = Updates(str(good), SIGNER.verifier, installation, TODAY, channels.POLICY)
    channels.cosign(good, channels.WITNESSES[0])
    with pytest.raises(RegisterError, match=r"quorum is 'two', .* not cosigned by B, C"):
        updates.newest()
    channels.cosign(good, channels.WITNESSES[2])
    item = updates.newest()
    updates.install(item, updates.register(item.release))
    assert used(installation) == COUNT


def test_twenty_attacks_are_refused_and_named(tmp_path: Path) -> None:
    refused, wrong = stress.run(20, 1, tmp_path)
    assert wrong == []
    assert refused.total() == 20


@pytest.mark.slow
def test_a_thousand_attacks_are_refused_and_named(tmp_path: Path) -> None:
    refused, wrong = stress.run(1_000, 2, tmp_path)
    assert wrong == []
    assert refused.keys() == set(channels.names())


@pytest.mark.parametrize("name", channels.names())
def test_each_kind_of_attack_is_refused(tmp_path: Path, name: str) -> None:
    [(_, chance, _)] = channels.plan(1, 7)
    installation = channels.home(tmp_path / "home", 3, installed=2)
    attack = channels.attack(name, tmp_path / "attack", chance, 3)
    reason = channels.attempt(attack, installation)
    assert reason is not None
    assert re.search(attack.reason, reason)
    assert used(installation) == 2


def test_an_invalid_release_with_the_content_of_an_installed_one_leaves_it(tmp_path: Path) -> None:
    installation = channels.home(tmp_path / "home", 2, installed=2)
    item = channels.release(3, channels.register(2))
    folder = channels.write(tmp_path / "channel", [*channels.releases(2), item])
    (folder / item.file_name).write_bytes(gzip.compress(channels.register(2)))
    with pytest.raises(RegisterError, match="wrong dates"):
        update(folder, installation)
    assert used(installation) == 2


def test_a_fork_leaves_both_lists_as_evidence(tmp_path: Path) -> None:
    installation = channels.home(tmp_path / "home", 3, installed=2)
    other = channels.release(2, b"another history")
    listed = [other if item.number == 2 else item for item in channels.releases(3)]
    folder = channels.write(tmp_path / "channel", listed)
    with pytest.raises(RegisterError, match="fork: release 2"):
        update(folder, installation)
    [refused] = installation.folder.glob("channels/*.refused")
    seen = refused.with_suffix(".releases")
    first, second = (Channel.parse(x.read_bytes(), SIGNER.verifier) for x in (seen, refused))
    assert len(first.releases) == len(second.releases)
    assert first.root != second.root


def test_a_mirror_of_the_same_channel_cannot_roll_back(tmp_path: Path) -> None:
    installation = channels.home(tmp_path / "home", 4, installed=4)
    mirror = channels.write(tmp_path / "mirror", channels.releases(3))
    with pytest.raises(RegisterError, match="rollback: "):
        update(mirror, installation)


def test_a_damaged_memory_is_an_error_and_not_a_new_start(tmp_path: Path) -> None:
    installation = channels.home(tmp_path / "home", 4, installed=4)
    [path] = installation.folder.glob("channels/*.releases")
    path.write_bytes(path.read_bytes()[:-9])
    good = channels.write(tmp_path / "channel", channels.releases())
    with pytest.raises(RegisterError, match=r"is damaged.*remove it"):
        update(good, installation)


def test_a_further_field_is_covered_by_the_root_and_not_an_error(tmp_path: Path) -> None:
    line = f"{channels.release(1)} mirror=https://example.org"
    assert str(Release.parse(line)) == line
    data = sign([Release.parse(line)], SIGNER)
    assert Channel.parse(data, SIGNER.verifier).newest.further == " mirror=https://example.org"
    (tmp_path / FILE).write_bytes(data.replace(b".org\n", b".com\n", 1))
    with pytest.raises(RegisterError, match="wrong checkpoint"):
        Channel.parse((tmp_path / FILE).read_bytes(), SIGNER.verifier)


def test_rollback_goes_back_one_release_at_a_time(tmp_path: Path) -> None:
    installation = channels.home(tmp_path / "home", 1, installed=1)
    for count in range(2, COUNT + 1):
        update(channels.write(tmp_path / "channel", channels.releases(count)), installation)
    assert len(installation.state().installed) == KEPT
    for number in (COUNT - 1, COUNT - 2, None):
        installation.roll_back()
        assert used(installation) == number
    state = installation.state()
    assert state.rolled_back is not None
    assert state.rolled_back.release.number == COUNT
    assert list(installation.folder.glob("*.toml")) == []
    with pytest.raises(UsageError, match="no release is installed"):
        installation.roll_back()


def test_a_newer_shipped_register_is_used_and_the_installed_one_stays(tmp_path: Path) -> None:
    installation = channels.home(tmp_path / "home", 2, installed=2)
    installation.shipped.write_bytes(channels.register(3))
    assert used(installation) is None
    installation.shipped.write_bytes(channels.register(1))
    assert used(installation) == 2


@pytest.mark.parametrize("damage", ["changed", "removed", "list"])
def test_a_damaged_installation_is_not_used(tmp_path: Path, damage: str) -> None:
    installation = channels.home(tmp_path / "home", 2, installed=2)
    path = installation.in_use().path
    if damage == "changed":
        path.write_bytes(path.read_bytes().replace(b"version 2", b"version 3"))
    elif damage == "removed":
        path.unlink()
    else:
        (installation.folder / "installed.json").write_text('{"schema": "orderwatch/installed/1"')
    result = installation.in_use()
    assert result.path == installation.shipped
    assert result.note is not None
    assert "register update" in result.note
    update(channels.write(tmp_path / "channel", channels.releases(2)), installation)
    assert used(installation) == 2
