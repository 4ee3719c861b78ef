"""Verify the files around this one: python3 -I verify.py [SHA-256 of manifest.sha256]."""

import base64
import functools
import hashlib
import json
import re
import sys
from pathlib import Path

try:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey as PublicKey
except ImportError:
    PublicKey = print("NOT CHECKED: signatures; they need the Python package cryptography")
HERE, MANIFEST, KEYS = Path(__file__).resolve().parent, "manifest.sha256", set()


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


@functools.cache
def digest(name):
    with (HERE / name).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_manifest(name):
    body, _, last = (HERE / name).read_text("ascii").rpartition("# SHA-256 of the lines above: ")
    if last != sha(body.encode()).hex() + "\n":
        yield name, "its last line is not the SHA-256 of the others"
    listed = {path: value for value, path in re.findall(r"([0-9a-f]{64})  ([!-~]+)\n", body)}
    files = {path.relative_to(HERE).as_posix() for path in HERE.rglob("*") if path.is_file()}
    for path in sorted(files - {*listed, name}):
        yield path, "is not in the manifest"
    for path in listed:
        if path not in files or digest(path) != listed[path]:
            yield path, "is not as in the manifest" if path in files else "is missing"


def check_proof(name):  # a C2SP tlog-proof: text and salt, place in the tree, signature
    head, _, note = (HERE / name).read_text("utf-8").partition("\n\n")
    _magic, extra, index, *hashes = head.split("\n")
    line, size = base64.b64decode(extra.removeprefix("extra ")).rsplit(b"\n", 1)
    entry, _, rest = line.removeprefix(b'{"entry":').partition(b'},"payload":')
    entry, (payload, _, salt) = entry + b"}", rest.rpartition(b',"salt":')
    header, salt, index = json.loads(entry), json.loads(salt[:-1]), int(index.split()[1])
    number, last, node = index + 1, int(size) - 1, sha(b"\0", entry)
    for sibling in map(base64.b64decode, hashes):  # RFC 9162, section 2.1.3.2
        if index % 2 or index == last:
            node = sha(b"\1", sibling, node)
            while index % 2 == 0 and index:
                index, last = index >> 1, last >> 1
        else:
            node = sha(b"\1", node, sibling)
        index, last = index >> 1, last >> 1
    checkpoint = (HERE / "checkpoint").read_text("utf-8").split("\n")
    place = (last, note.split("\n")[:3], int(size), base64.b64encode(node).decode())
    if place != (0, checkpoint[:3], int(checkpoint[1]), checkpoint[2]):
        yield name, "its entry is not in the tree of the checkpoint"
    salted = salt and sha(b"orderwatch/payload/1\0", bytes.fromhex(salt), payload).hex()
    if salted and salted != header["payload"]:
        yield name, "its text is not the one that the entry commits to"
    if PublicKey and "key" in header:
        KEYS.add(bytes.fromhex(header["key"]))
        signed = b"orderwatch/entry/1\0" + re.sub(rb',"signature":"[0-9a-f]*"', b"", entry)
        public = PublicKey.from_public_bytes(bytes.fromhex(header["key"]))
        public.verify(bytes.fromhex(header["signature"]), signed)
    text, key = json.loads(payload) or {}, header.get("key", "not signed")
    says = text.get("summary") or text.get("what") or text.get("why") or "text withheld"
    print(f"Entry {number}, {header['recorded']}, {header['recorder']!a} ({key}): {says!a}")
    for file in text.get("attachments", ()):
        if not any(digest(path) == file["sha256"] for path in HERE.glob("evidence/*")):
            print(f"  NOT HERE: its file {file['name']!a}, SHA-256 {file['sha256']}")


def check_checkpoint(name):
    text, _, signatures = (HERE / name).read_text("utf-8").partition("\n\n")
    for _dash, signer, value in map(str.split, signatures.splitlines()):
        raw, signed = base64.b64decode(value), f"{text}\n".encode()
        keys = [key for key in KEYS if sha(signer.encode(), b"\n\1", key)[:4] == raw[:4]]
        _ = [PublicKey.from_public_bytes(key).verify(raw[4:], signed) for key in keys]
        print(f"Signature {signer!a}:", "by the key of an entry" if keys else "NOT CHECKED")
    sys.stdout.writelines(f"NOT CHECKED: stamp {p.name!a}\n" for p in HERE.glob("stamps/*"))


problems, proofs = [], sorted(f"proofs/{path.name}" for path in HERE.glob("proofs/*"))
checks = [(check_manifest, MANIFEST), *((check_proof, name) for name in proofs)]
for check, path in checks + [(check_checkpoint, "checkpoint")] * bool(proofs):
    try:
        problems += check(path) or ()
    except Exception as error:  # whatever a changed file causes
        is_ours = check is check_manifest and not isinstance(error, (OSError, ValueError))
        problems.append(("verify.py" if is_ours else path, f"cannot be checked: {error!r}"))
if sys.argv[1:] not in ([], [digest(MANIFEST)]):
    problems.append((MANIFEST, "its SHA-256 is not the one on the command line"))
sys.stdout.writelines(f"CHANGED: {name}: {problem}\n" for name, problem in problems)
print(f"SHA-256 of {MANIFEST}: {digest(MANIFEST)}; compare it with the number you were given")
sys.exit("Hashes and tree do NOT match." if problems else print("OK:", len(proofs), "proofs hold."))
