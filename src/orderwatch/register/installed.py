"""Installed releases of the register, in the data folder of the user.

`installed.json` names them, the newest last; each is a file with its SHA-256 for a name, which is
compared with it whenever it is used. `channels/` has what was last seen of each channel and key.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orderwatch import fs
from orderwatch.errors import DeliveryError, OrderwatchError, RegisterError, UsageError
from orderwatch.frozen import Frozen, replace
from orderwatch.register import SIZE_MAX, compiled
from orderwatch.register.releases import Release
from orderwatch.translation import _

if TYPE_CHECKING:
    from orderwatch.log.formats.signed_note import Verifier
    from orderwatch.register.channel import Channel

STATE_FILE = "installed.json"
KEPT = 3
"""Installed releases that are kept, to go back to."""
_STATE_SCHEMA = "orderwatch/installed/1"
_STATE_MAX = 100_000
_CHANNEL_MAX = 1_000_000
_HEAD_MAX = 100_000


class Installed(Frozen):
    """A release that was installed from a channel."""

    release: Release
    channel: str
    """Its name, which is that of its key."""
    key: str
    """Its verifier key."""
    form_sha256: str | None = None
    """SHA-256 of its compiled form."""


class State(Frozen):
    """The installed releases of a home."""

    installed: tuple[Installed, ...] = ()
    """The newest last."""
    rolled_back: Installed | None = None
    """The newest release that `register rollback` removed."""


class InUse(Frozen):
    """The register that is used when none is named."""

    path: Path
    sha256: str
    age_key: tuple[date, date]
    installed: Installed | None = None
    """`None` for the register that ships with the program."""
    note: str | None = None
    """Why an installed release is not used, for every output."""

    @property
    def form_sha256(self) -> str | None:
        """Return the SHA-256 of the compiled form of an installed release."""
        return self.installed.form_sha256 if self.installed else None

    def is_older_than(self, item: Installed) -> bool:
        """Return whether a release of a channel is newer than this register."""
        if item.release.sha256 == self.sha256 and item.release.age_key == self.age_key:
            return False
        if self.installed and self.installed.key == item.key:
            return item.release.number > self.installed.release.number
        return item.release.age_key >= self.age_key


class Installation:
    """The folder of installed releases."""

    def __init__(self, folder: Path, shipped: Path) -> None:
        """Read nothing yet; `shipped` is the register that ships with the program."""
        self.folder = folder
        self.shipped = shipped

    def path(self, item: Installed) -> Path:
        """Return the path of an installed release."""
        return self.folder / f"{item.release.sha256}.toml"

    def exists(self) -> bool:
        """Return whether anything was installed, or may have been."""
        return fs.may_exist(self.folder / STATE_FILE)

    def state(self) -> State:
        """Read the installed releases; raise `RegisterError` if the list is damaged."""
        path = self.folder / STATE_FILE
        try:
            document = json.loads(fs.read_text(path, _STATE_MAX))
            if document["schema"] != _STATE_SCHEMA:
                raise ValueError  # noqa: TRY301 - as any other damage
            rolled_back = document["rolled_back"]
            return State(
                installed=tuple(map(_decode, document["installed"])),
                rolled_back=rolled_back and _decode(rolled_back),
            )
        except (FileNotFoundError, NotADirectoryError):
            return State()
        except OSError as error:
            raise RegisterError(f"{path}: {error.strerror or error}") from error
        except (ValueError, KeyError, TypeError, RegisterError) as error:
            raise RegisterError(_("{path} is damaged").format(path=path)) from error

    def in_use(self) -> InUse:
        """Return the newer of the shipped register and the installed one, if that is intact."""
        note, item = None, None
        try:
            item = next(reversed(self.state().installed), None)
        except RegisterError as error:
            text = _(
                "The installed register is not used, because {error}: this is the one that ships"
                " with the program. To install it again: orderwatch register update"
            )
            note = text.format(error=error)
        if item and not self._is_intact(item):
            text = _(
                "Release {n} of the register is not used, because its file was changed or removed:"
                " this is the register that ships with the program. To install the release again:"
                " orderwatch register update"
            )
            note, item = text.format(n=item.release.number), None
        shipped = self._shipped(note)
        if item is None or item.release.age_key < shipped.age_key:
            return shipped
        return InUse(
            path=self.path(item),
            sha256=item.release.sha256,
            age_key=item.release.age_key,
            installed=item,
        )

    def _is_intact(self, item: Installed) -> bool:
        with suppress(OSError):
            data = fs.read(self.path(item), SIZE_MAX)
            return sha256(data).hexdigest() == item.release.sha256
        return False

    def _shipped(self, note: str | None) -> InUse:
        try:
            data = fs.read(self.shipped, SIZE_MAX)
        except OSError as error:
            raise RegisterError(f"{self.shipped}: {error.strerror or error}") from error
        head = _head(data)
        return InUse(
            path=self.shipped,
            sha256=sha256(data).hexdigest(),
            age_key=(head["reviewed"], head.get("seen_to") or date.min),
            note=note,
        )

    def install(self, item: Installed, data: bytes) -> None:
        """Install a release whose content was verified; raise `RegisterError` if it is invalid.

        Nothing happens if a newer release of its channel was installed meanwhile.
        """
        from orderwatch.register import compile_file

        with self._locked():
            path = self.path(item)
            # Not at its path yet: an installed release may have the same content.
            with fs.temporary_file(path) as temporary:
                temporary.write_bytes(data)
                _require_valid(temporary, item.release, data)
                form = compile_file(temporary)
            fs.write(path, [data])
            fs.write(compiled.path_of(path), [form])
            item = replace(item, form_sha256=sha256(form).hexdigest())
            state = self._state_or_empty()
            last = next(reversed(state.installed), None)
            if last and last.key == item.key and last.release.number > item.release.number:
                return
            others = [x for x in state.installed if x.release.sha256 != item.release.sha256]
            self._write(State(installed=(*others[-(KEPT - 1) :], item)))

    def roll_back(self) -> tuple[Installed, Installed | None]:
        """Remove the newest installed release; return it, and the one that was before it."""
        with self._locked():
            state = self.state()
            if not state.installed:
                raise UsageError(_("no release is installed: the shipped register is in use"))
            *others, removed = state.installed
            newest = removed
            if (last := state.rolled_back) and last.key == removed.key:
                newest = max(last, removed, key=lambda item: item.release.number)
            newest = replace(newest, form_sha256=None)  # `_write` removes it
            self._write(State(installed=tuple(others), rolled_back=newest))
            return removed, others[-1] if others else None

    def _write(self, state: State) -> None:
        """Write the list of releases, then remove the files of those that left it."""
        rolled_back = state.rolled_back and _encode(state.rolled_back)
        document = {
            "schema": _STATE_SCHEMA,
            "installed": [*map(_encode, state.installed)],
            "rolled_back": rolled_back,
        }
        text = json.dumps(document, indent=2)
        fs.write(self.folder / STATE_FILE, [f"{text}\n".encode()])
        fs.fsync_folder(self.folder)
        kept = {self.path(item) for item in state.installed}
        for path in self.folder.glob("*.toml"):
            if path not in kept:
                path.unlink()
                compiled.path_of(path).unlink(missing_ok=True)

    def _state_or_empty(self) -> State:
        try:
            return self.state()
        except RegisterError:
            return State()

    # What was seen of a channel

    def seen(self, verifier: "Verifier") -> "Channel | None":
        """Read what was last seen of the channel of a key, and verify it again."""
        from orderwatch.register.channel import Channel

        path = self._channel_path(verifier)
        try:
            return Channel.parse(fs.read(path, _CHANNEL_MAX), verifier)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise RegisterError(f"{path}: {error.strerror or error}") from error
        except RegisterError as error:
            text = _(
                "{path} is damaged ({reason}). It holds the releases that were seen before: remove"
                " it to go on without them"
            )
            raise RegisterError(text.format(path=path, reason=error)) from error

    def remember(self, channel: "Channel", verifier: "Verifier") -> None:
        """Store what was seen of a channel; raise `RegisterError` if it does not continue."""
        with self._locked():
            path = self._channel_path(verifier)
            known = self.seen(verifier)
            if known is not None:
                try:
                    channel.require_continues(known)
                except RegisterError:
                    # Two signed checkpoints are evidence of a fork.
                    fs.write(path.with_suffix(".refused"), [channel.data])
                    raise
            if known != channel:
                fs.write(path, [channel.data])

    def validators(self, address: str, channel: "Channel | None") -> Mapping[str, str]:
        """Return request headers to ask whether a channel is as it was when it was last seen."""
        with suppress(OSError, OrderwatchError, ValueError, KeyError, TypeError):
            document = json.loads(fs.read_text(self._validators_path, _STATE_MAX))
            if channel and document["sha256"] == sha256(channel.data).hexdigest():
                headers = document["headers"] if document["address"] == address else {}
                return {str(name): str(value) for name, value in headers.items()}
        return {}

    def store_validators(
        self, address: str, channel: "Channel", headers: Mapping[str, str]
    ) -> None:
        """Store request headers for the next request to an address."""
        digest = sha256(channel.data).hexdigest()
        document = {"address": address, "sha256": digest, "headers": dict(headers)}
        with self._locked():
            fs.write(self._validators_path, [json.dumps(document).encode()])

    @property
    def _validators_path(self) -> Path:
        return self.folder / "channels" / "validators.json"

    def _channel_path(self, verifier: "Verifier") -> Path:
        digest = sha256(str(verifier).encode()).hexdigest()
        return self.folder / "channels" / f"{digest[:32]}.releases"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Run a block that writes to the folder, while no other program does."""
        try:
            fs.create_folder(self.folder / "channels")
            with fs.lock_folder(self.folder):
                yield
        except OSError as error:
            text = _("{folder} cannot be written: {reason}")
            raise DeliveryError(
                text.format(folder=self.folder, reason=error.strerror or error)
            ) from error


def _head(data: bytes) -> dict[str, Any]:
    """Parse the keys before the first table of a register, without reading the rest."""
    import tomli

    lines = iter(data[:_HEAD_MAX].decode(errors="replace").splitlines())
    top: list[str] = []
    for line in lines:
        if line.startswith("["):
            break
        top.append(line)
    return tomli.loads("\n".join(top))


def _require_valid(path: Path, release: Release, data: bytes) -> None:
    """Raise `RegisterError` for an invalid register, or one whose dates the release lacks."""
    from orderwatch.register import validate_file

    if problems := validate_file(path):
        text = _("invalid register: release {n} has {count} problems, the first: {problem}")
        raise RegisterError(
            text.format(
                n=release.number,
                count=len(problems),
                problem=str(problems[0]).removeprefix(f"{path}:").strip(),
            )
        )
    head = _head(data)
    if (head["reviewed"], head.get("seen_to"), head["schema"]) != (
        release.reviewed,
        release.seen_to,
        release.schema,
    ):
        text = _("wrong dates: the register of release {n} has other dates than its line")
        raise RegisterError(text.format(n=release.number))


def _encode(item: Installed) -> dict[str, str]:
    table = {"channel": item.channel, "key": item.key, "release": str(item.release)}
    return table if item.form_sha256 is None else {**table, "form_sha256": item.form_sha256}


def _decode(table: Mapping[str, str]) -> Installed:
    return Installed(
        release=Release.parse(table["release"]),
        channel=table["channel"],
        key=table["key"],
        form_sha256=table.get("form_sha256"),
    )
