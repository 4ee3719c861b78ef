"""Signed notes, as https://c2sp.org/signed-note defines them, with Ed25519 keys.

A verifier key (`NAME+ID+KEY`) is public; a signer key (`PRIVATE+KEY+NAME+ID+SEED`)
is what its owner keeps secret.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from orderwatch.errors import LogError, UsageError

MAX_SIGNATURES = 100
"""The format asks for at least 16; without a limit a note could cost hours."""

_ED25519 = b"\x01"
_KEY_SIZE = 32
_ID_SIZE = 4
_DASH = "\N{EM DASH} "
_PRIVATE = "PRIVATE+KEY+"
_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature line: who is said to have signed, and the bytes."""

    name: str
    key_id: bytes
    value: bytes

    def __str__(self) -> str:
        """Write the line without its newline."""
        return f"{_DASH}{self.name} {encoded(self.key_id + self.value)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A text and its signatures, none of them verified yet."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def __str__(self) -> str:
        """Write the note; without a signature it is the bare text."""
        lines = "".join(f"{signature}\n" for signature in self.signatures)
        return f"{self.text}\n{lines}" if lines else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """A public key and the name it goes by."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, vkey: str) -> "Verifier":
        """Read a verifier key; `UsageError` if it is none."""
        name, key_id, public = _key_parts(vkey.strip(), "a verifier key")
        verifier = cls(name=name, public=public)
        _check_id(verifier, key_id)
        return verifier

    @property
    def key_id(self) -> bytes:
        """Compute the four bytes that tell keys of one name apart."""
        name = self.name.encode()
        return sha256(name + b"\n" + _ED25519 + self.public).digest()[:_ID_SIZE]

    def __str__(self) -> str:
        """Write the verifier key."""
        return f"{self.name}+{self.key_id.hex()}+{encoded(_ED25519 + self.public)}"

    def verifies(self, text: str, signature: Signature) -> bool:
        """Tell whether this key made the signature over `text`."""
        try:
            from cryptography.exceptions import InvalidSignature
            from cryptography.hazmat.primitives.asymmetric import ed25519
        except ImportError as error:
            raise _no_cryptography() from error
        key = ed25519.Ed25519PublicKey.from_public_bytes(self.public)
        try:
            key.verify(signature.value, text.encode())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A private key and the name it goes by."""

    name: str
    seed: bytes = field(repr=False)

    @classmethod
    def generate(cls, name: str) -> "Signer":
        """Make a new key."""
        if not is_key_name(name):
            raise UsageError(
                f"{_brief(name)} cannot name a key: take something like "
                "example.org/log, without spaces and plus signs"
            )
        try:
            from cryptography.hazmat.primitives.asymmetric import ed25519
        except ImportError as error:
            raise _no_cryptography() from error
        key = ed25519.Ed25519PrivateKey.generate()
        return cls(name=name, seed=key.private_bytes_raw())

    @classmethod
    def parse(cls, skey: str) -> "Signer":
        """Read a signer key; `UsageError` if it is none."""
        secret = skey.strip()
        if not secret.startswith(_PRIVATE):
            # Never shown, not even in part: it could be a key after all.
            raise UsageError(f"a signer key begins with {_PRIVATE}, this does not")
        name, key_id, seed = _key_parts(secret.removeprefix(_PRIVATE), "a signer key")
        signer = cls(name=name, seed=seed)
        _check_id(signer.verifier, key_id)
        return signer

    @property
    def verifier(self) -> Verifier:
        """Derive the public key."""
        try:
            from cryptography.hazmat.primitives.asymmetric import ed25519
        except ImportError as error:
            raise _no_cryptography() from error
        key = ed25519.Ed25519PrivateKey.from_private_bytes(self.seed)
        return Verifier(name=self.name, public=key.public_key().public_bytes_raw())

    def private_key(self) -> str:
        """Write the signer key; not `str`, so that no message shows it by accident."""
        key_id = self.verifier.key_id.hex()
        return f"{_PRIVATE}{self.name}+{key_id}+{encoded(_ED25519 + self.seed)}"

    def sign(self, text: str) -> Signature:
        """Sign a text."""
        verifier = self.verifier
        from cryptography.hazmat.primitives.asymmetric import ed25519

        key = ed25519.Ed25519PrivateKey.from_private_bytes(self.seed)
        return Signature(
            name=self.name, key_id=verifier.key_id, value=key.sign(text.encode())
        )


def sign(note: Note, *signers: Signer) -> Note:
    """Add a signature of each signer, in place of one that it made before."""
    legible(note.text)
    if not note.text.endswith("\n"):
        raise LogError("the text of a note has to end with a newline")
    added = tuple(signer.sign(note.text) for signer in signers)
    again = {(signature.name, signature.key_id) for signature in added}
    kept = [s for s in note.signatures if (s.name, s.key_id) not in again]
    return Note(text=note.text, signatures=(*kept, *added))


def parse(data: bytes | str, *, unsigned: bool = False) -> Note:
    """Read a note; with `unsigned`, also a bare text without an empty line."""
    message = legible(data)
    if not message.endswith("\n"):
        raise LogError("the note does not end with a newline: it was cut short")
    text, gap, block = message.rpartition("\n\n")
    if not gap:
        if unsigned:
            return Note(text=message)
        raise LogError("the note is not signed: it has no empty line and signatures")
    lines = block.split("\n")[:-1]
    if not lines:
        raise LogError("the note has no signature after its last empty line")
    if len(lines) > MAX_SIGNATURES:
        raise LogError(
            f"the note has {len(lines)} signatures, more than {MAX_SIGNATURES}"
        )
    return Note(text=f"{text}\n", signatures=tuple(map(_signature, lines)))


def verify(note: Note, verifiers: Sequence[Verifier]) -> tuple[Verifier, ...]:
    """Return those of `verifiers` that signed; signatures of unknown keys are ignored.

    Raises `LogError` if none of them did, or if a signature of theirs is wrong.
    """
    known: dict[tuple[str, bytes], list[Verifier]] = {}
    for verifier in verifiers:
        known.setdefault((verifier.name, verifier.key_id), []).append(verifier)
    signed: dict[Verifier, None] = {}
    for signature in note.signatures:
        for verifier in known.get((signature.name, signature.key_id), ()):
            if not verifier.verifies(note.text, signature):
                raise LogError(
                    f"the signature of {verifier.name!r} is wrong: the note was "
                    "changed after it was signed"
                )
            signed[verifier] = None
    if not signed:
        names = ", ".join(
            sorted({repr(signature.name) for signature in note.signatures})
        )
        wanted = ", ".join(sorted({repr(verifier.name) for verifier in verifiers}))
        raise LogError(
            f"the note is signed by {names or 'nobody'}, "
            f"with no key that is known here: {wanted or 'none'}"
        )
    return tuple(signed)


def is_key_name(name: str) -> bool:
    """Tell whether a key may be called so: not empty, no spaces, no plus."""
    # A lone surrogate, as undecodable arguments of a program hold, is no text.
    return bool(name) and not re.search("[\\s+\x00-\x1f\ud800-\udfff]", name)


def legible(data: bytes | str) -> str:
    """Return the text of a note; `LogError` names the first byte that none may hold."""
    try:
        text = data.decode() if isinstance(data, bytes) else data
        text.encode()
    except (UnicodeDecodeError, UnicodeEncodeError) as error:
        raise LogError(f"the note is not UTF-8 text: {error.reason}") from error
    # Newlines of other systems too: they would give other bytes under the signature.
    if control := re.search("[\x00-\x09\x0b-\x1f]", text):
        number = text.count("\n", 0, control.start()) + 1
        raise LogError(
            f"line {number} of the note holds the control character "
            f"U+{ord(control[0]):04X}"
        )
    return text


def encoded(data: bytes) -> str:
    """Write bytes as Base64."""
    return b64encode(data).decode()


def decoded(text: str, what: str) -> bytes:
    """Read Base64 of which there is only one spelling; `what` names it in errors."""
    try:
        data = b64decode(text)
    except ValueError:
        data = None
    # Decoders skip what they do not know: only writing it again tells.
    if data is None or encoded(data) != text:
        raise LogError(f"{what} is not Base64: {_brief(text)}")
    return data


def _signature(line: str) -> Signature:
    name, _, value = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not is_key_name(name) or not value:
        raise LogError(
            f"not a signature line of the form '{_DASH}NAME SIGNATURE': {_brief(line)}"
        )
    data = decoded(value, f"the signature of {name!r}")
    if len(data) <= _ID_SIZE:
        raise LogError(f"the signature of {name!r} has only {len(data)} bytes")
    return Signature(name=name, key_id=data[:_ID_SIZE], value=data[_ID_SIZE:])


def _key_parts(key: str, what: str) -> tuple[str, bytes, bytes]:
    """Cut a key into name, id and key material."""
    name, _, rest = key.partition("+")
    digits, _, material = rest.partition("+")
    if not is_key_name(name) or not re.fullmatch("[0-9a-f]{8}", digits):
        raise UsageError(f"{what} has the form NAME+ID+KEY, this has not")
    try:
        data = decoded(material, what)
    except LogError:
        # Without the text, which can be secret.
        raise UsageError(f"the last part of {what} is not Base64") from None
    if data[:1] != _ED25519:
        raise UsageError(f"the key of {name!r} is not an Ed25519 key")
    if len(data) != 1 + _KEY_SIZE:
        raise UsageError(
            f"the key of {name!r} has {len(data) - 1} bytes instead of {_KEY_SIZE}"
        )
    return name, bytes.fromhex(digits), data[1:]


def _check_id(verifier: Verifier, key_id: bytes) -> None:
    if key_id != verifier.key_id:
        raise UsageError(
            f"the key of {verifier.name!r} has the id {verifier.key_id.hex()}, "
            f"not {key_id.hex()}: it was cut or changed"
        )


def _brief(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


def _no_cryptography() -> UsageError:
    return UsageError(
        "signatures need one more package: pip install 'orderwatch[sign]'"
    )
