"""Signed notes (https://c2sp.org/signed-note) with Ed25519 keys.

A key of type 0x01 signs the text, one of type 0x04 the text and a time
(https://c2sp.org/tlog-cosignature). A verifier key (`NAME+ID+KEY`) is public; a signer
key (`PRIVATE+KEY+NAME+ID+SEED`) is secret.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from hashlib import sha256

from orderwatch.errors import LogError, UsageError
from orderwatch.frozen import Frozen
from orderwatch.translation import _

MAX_SIGNATURES = 100
"""The standard requires at least 16; without a limit a note could take hours."""

ED25519 = b"\x01"
COSIGNATURE = b"\x04"
_COSIGNED_TEXT = b"cosignature/v1\ntime %d\n%b"
_TIME_SIZE = 8
TIME_LIMIT = 1 << 63
_KEY_SIZE = 32
_ID_SIZE = 4
_SIGNATURE_PREFIX = "\N{EM DASH} "
_PRIVATE_PREFIX = "PRIVATE+KEY+"
_QUOTE_MAX = 60


class Signature(Frozen):
    """A signature line: claimed signer, and bytes."""

    name: str
    key_id: bytes
    value: bytes

    @property
    def seconds(self) -> int:
        """Return the time of a cosignature, since the Epoch."""
        return int.from_bytes(self.value[:_TIME_SIZE])

    def __str__(self) -> str:
        """Format the line without its newline."""
        return f"{_SIGNATURE_PREFIX}{self.name} {encode_base64(self.key_id + self.value)}"


class Note(Frozen):
    """A text with signatures that are not verified yet."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def __str__(self) -> str:
        """Format the note; without a signature it is the bare text."""
        lines = "".join(f"{signature}\n" for signature in self.signatures)
        return f"{self.text}\n{lines}" if lines else self.text


class Verifier(Frozen):
    """A public key and its name."""

    name: str
    public: bytes
    type: bytes = ED25519

    @classmethod
    def parse(cls, vkey: str) -> "Verifier":
        """Parse a verifier key; raise `UsageError` if it is invalid."""
        types = (ED25519, COSIGNATURE)
        name, key_id, kind, public = _split_key(vkey.strip(), _("a verifier key"), types)
        verifier = cls(name=name, public=public, type=kind)
        _check_id(verifier, key_id)
        if is_small_order(public):
            raise UsageError(
                _("the key of {name!r} is weak: anyone can sign for it").format(name=name)
            )
        return verifier

    @property
    def key_id(self) -> bytes:
        """Compute the key id: four bytes that distinguish keys of the same name."""
        name = self.name.encode()
        return sha256(name + b"\n" + self.type + self.public).digest()[:_ID_SIZE]

    def __str__(self) -> str:
        """Format the verifier key."""
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(self.type + self.public)}"

    def verifies(self, text: str, signature: Signature) -> bool:
        """Return whether this key made the signature over `text`."""
        value, message = signature.value, text.encode()
        if self.type == COSIGNATURE:
            seconds, value = signature.seconds, value[_TIME_SIZE:]
            if seconds >= TIME_LIMIT:
                return False
            message = _COSIGNED_TEXT % (seconds, message)
        return verify_ed25519(self.public, value, message)


def parse_public_key(text: str) -> str:
    """Parse a public key, in hexadecimal or as a verifier key; return its digits."""
    digits = text.strip().lower()
    if re.fullmatch("[0-9a-f]{64}", digits):
        if is_small_order(bytes.fromhex(digits)):
            raise UsageError(_("the key is weak: anyone can sign for it"))
        return digits
    return Verifier.parse(text).public.hex()


_P = (1 << 255) - 19
_ORDER_8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER = frozenset({0, 1, _P - 1, _ORDER_8, _P - _ORDER_8})
"""The second coordinates of the points of order 1, 2, 4 and 8 of the curve of Ed25519."""


def is_small_order(public: bytes) -> bool:
    """Return whether a public key is a point of small order, in any of its encodings.

    For such a key there are signatures that are valid over any message.
    """
    y = int.from_bytes(public, "little") & ((1 << 255) - 1)
    return y % _P in _SMALL_ORDER


def verify_ed25519(public: bytes, signature: bytes, message: bytes) -> bool:
    """Return whether a public key made a signature over a message."""
    if is_small_order(public):
        return False
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ed25519

    try:
        ed25519.Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


class Signer(Frozen):
    """A private key and its name."""

    _secret = frozenset({"seed"})

    name: str
    seed: bytes
    type: bytes = ED25519

    @classmethod
    def generate(cls, name: str, kind: bytes = ED25519) -> "Signer":
        """Generate a new key of a type."""
        if not is_key_name(name):
            raise UsageError(
                _(
                    "invalid name {name} of a key: use a name such as example.org/log, "
                    "without spaces and plus signs"
                ).format(name=_quote(name))
            )
        from cryptography.hazmat.primitives.asymmetric import ed25519

        key = ed25519.Ed25519PrivateKey.generate()
        return cls(name=name, seed=key.private_bytes_raw(), type=kind)

    @classmethod
    def parse(cls, skey: str, kind: bytes = ED25519) -> "Signer":
        """Parse a signer key of a type; raise `UsageError` if it is invalid."""
        secret = skey.strip()
        if not secret.startswith(_PRIVATE_PREFIX):
            # Never quoted, not even in part: it could be a secret key.
            raise UsageError(
                _("invalid signer key: it does not begin with {prefix}").format(
                    prefix=_PRIVATE_PREFIX
                )
            )
        name, key_id, _type, seed = _split_key(
            secret.removeprefix(_PRIVATE_PREFIX), _("a signer key"), (kind,)
        )
        signer = cls(name=name, seed=seed, type=kind)
        _check_id(signer.verifier, key_id)
        return signer

    @property
    def verifier(self) -> Verifier:
        """Derive the public key."""
        from cryptography.hazmat.primitives.asymmetric import ed25519

        key = ed25519.Ed25519PrivateKey.from_private_bytes(self.seed)
        public = key.public_key().public_bytes_raw()
        return Verifier(name=self.name, public=public, type=self.type)

    def private_key(self) -> str:
        """Format the signer key; not `str`, so that no message contains it."""
        key_id = self.verifier.key_id.hex()
        seed = encode_base64(self.type + self.seed)
        return f"{_PRIVATE_PREFIX}{self.name}+{key_id}+{seed}"

    def sign(self, text: str, seconds: int = 0) -> Signature:
        """Sign a text; return the signature.

        `seconds` is the time of a cosignature, since the Epoch.
        """
        verifier = self.verifier
        from cryptography.hazmat.primitives.asymmetric import ed25519

        key = ed25519.Ed25519PrivateKey.from_private_bytes(self.seed)
        time, message = b"", text.encode()
        if self.type == COSIGNATURE:
            time, message = seconds.to_bytes(_TIME_SIZE), _COSIGNED_TEXT % (seconds, message)
        return Signature(name=self.name, key_id=verifier.key_id, value=time + key.sign(message))


def sign(note: Note, *signers: Signer) -> Note:
    """Append a signature of each signer; replace earlier ones of the same keys."""
    decode_text(note.text)
    if not note.text.endswith("\n"):
        raise LogError(_("a note must end with a newline"))
    signatures = tuple(signer.sign(note.text) for signer in signers)
    replaced = {(signature.name, signature.key_id) for signature in signatures}
    others = [s for s in note.signatures if (s.name, s.key_id) not in replaced]
    return Note(text=note.text, signatures=(*others, *signatures))


def parse(data: bytes | str, *, unsigned: bool = False) -> Note:
    """Parse a note; with `unsigned`, accept a bare text without an empty line."""
    message = decode_text(data)
    if not message.endswith("\n"):
        raise LogError(_("the note does not end with a newline: it was cut off"))
    text, separator, block = message.rpartition("\n\n")
    if not separator:
        if unsigned:
            return Note(text=message)
        raise LogError(_("the note is not signed: it has no empty line and signatures"))
    lines = block.split("\n")[:-1]
    if not lines:
        raise LogError(_("the note has no signature after its last empty line"))
    if len(lines) > MAX_SIGNATURES:
        raise LogError(
            _("the note has {n} signatures; the maximum is {limit}").format(
                n=len(lines), limit=MAX_SIGNATURES
            )
        )
    return Note(text=f"{text}\n", signatures=tuple(map(parse_signature, lines)))


def verify(note: Note, verifiers: Sequence[Verifier]) -> tuple[Verifier, ...]:
    """Return those of `verifiers` that signed; ignore signatures of unknown keys.

    Raises `LogError` if none of them did, or if a signature of theirs is wrong.
    """
    signers = dict.fromkeys(verifier for verifier, _signature in match(note, verifiers))
    if not signers:
        names = ", ".join(sorted({repr(signature.name) for signature in note.signatures}))
        expected = ", ".join(sorted({repr(verifier.name) for verifier in verifiers}))
        raise LogError(
            _("the note is signed by {names}, with no known key: {expected}").format(
                names=names or _("nobody"), expected=expected or _("none")
            )
        )
    return tuple(signers)


def match(note: Note, verifiers: Sequence[Verifier]) -> list[tuple[Verifier, Signature]]:
    """Return the signatures of `verifiers`; ignore those of unknown keys.

    Raises `LogError` if one of them is wrong.
    """
    by_key: dict[tuple[str, bytes], list[Verifier]] = {}
    for verifier in verifiers:
        by_key.setdefault((verifier.name, verifier.key_id), []).append(verifier)
    matches = []
    for signature in note.signatures:
        for verifier in by_key.get((signature.name, signature.key_id), ()):
            if not verifier.verifies(note.text, signature):
                raise LogError(
                    _(
                        "invalid signature of {name!r}: the note was changed after it was signed"
                    ).format(name=verifier.name)
                )
            matches.append((verifier, signature))
    return matches


def parse_signature(line: str) -> Signature:
    """Parse a signature line without its newline."""
    name, value = line.removeprefix(_SIGNATURE_PREFIX).partition(" ")[::2]
    if not line.startswith(_SIGNATURE_PREFIX) or not is_key_name(name) or not value:
        raise LogError(
            _("not a signature line of the form '{prefix}NAME SIGNATURE': {line}").format(
                prefix=_SIGNATURE_PREFIX, line=_quote(line)
            )
        )
    data = decode_base64(value, _("the signature of {name!r}").format(name=name))
    if len(data) <= _ID_SIZE:
        raise LogError(
            _("the signature of {name!r} has only {n} bytes").format(name=name, n=len(data))
        )
    return Signature(name=name, key_id=data[:_ID_SIZE], value=data[_ID_SIZE:])


def is_key_name(name: str) -> bool:
    """Return whether a name is valid for a key: not empty, no spaces, no plus."""
    # Undecodable arguments contain lone surrogates, which cannot be encoded.
    return bool(name) and not re.search("[\\s+\x00-\x1f\ud800-\udfff]", name)


def decode_text(data: bytes | str) -> str:
    """Return the text of a note; raise `LogError` for the first invalid byte."""
    try:
        text = data.decode() if isinstance(data, bytes) else data
        text.encode()
    except (UnicodeDecodeError, UnicodeEncodeError) as error:
        raise LogError(
            _("the note is not UTF-8 text: {reason}").format(reason=error.reason)
        ) from error
    # Reject CR, too: other line ends would change the signed bytes.
    if control := re.search("[\x00-\x09\x0b-\x1f]", text):
        number = text.count("\n", 0, control.start()) + 1
        raise LogError(
            _("line {number} of the note contains the control character U+{code:04X}").format(
                number=number, code=ord(control[0])
            )
        )
    return text


def encode_base64(data: bytes) -> str:
    """Encode bytes as Base64."""
    return b64encode(data).decode()


def decode_base64(text: str, label: str) -> bytes:
    """Decode canonical Base64; `label` names the value in errors."""
    try:
        data = b64decode(text)
    except ValueError:
        data = None
    # Decoders skip unknown characters: encode again and compare.
    if data is None or encode_base64(data) != text:
        raise LogError(_("{label} is not Base64: {text}").format(label=label, text=_quote(text)))
    return data


def _split_key(key: str, label: str, types: Sequence[bytes]) -> tuple[str, bytes, bytes, bytes]:
    """Split a key into name, id, type and key material."""
    name, rest = key.partition("+")[::2]
    digits, material = rest.partition("+")[::2]
    if not is_key_name(name) or not re.fullmatch("[0-9a-f]{8}", digits):
        raise UsageError(_("invalid form of {label}: expected NAME+ID+KEY").format(label=label))
    try:
        data = decode_base64(material, label)
    except LogError:
        # Do not quote the text, which can be secret.
        raise UsageError(_("the last part of {label} is not Base64").format(label=label)) from None
    if data[:1] not in types:
        raise UsageError(_("the key of {name!r} is not an Ed25519 key").format(name=name))
    if len(data) != 1 + _KEY_SIZE:
        raise UsageError(
            _("the key of {name!r} has {n} bytes instead of {size}").format(
                name=name, n=len(data) - 1, size=_KEY_SIZE
            )
        )
    return name, bytes.fromhex(digits), data[:1], data[1:]


def _check_id(verifier: Verifier, key_id: bytes) -> None:
    if key_id != verifier.key_id:
        raise UsageError(
            _(
                "the key of {name!r} has the id {id}, not {expected}: it was cut off or changed"
            ).format(name=verifier.name, id=verifier.key_id.hex(), expected=key_id.hex())
        )


def _quote(text: str) -> str:
    return repr(text if len(text) <= _QUOTE_MAX else f"{text[:_QUOTE_MAX]}…")
