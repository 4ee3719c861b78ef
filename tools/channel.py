"""Make a channel of releases of the register, add a release to it, or have it witnessed.

python tools/channel.py FOLDER --add orders.toml --next-review 2027-02-21 --sign KEYFILE
python tools/channel.py FOLDER --request
python tools/channel.py FOLDER --attach LINES --policy POLICY

FOLDER can be served by any web server or carried on a disk. KEYFILE is a signer key, as
`orderwatch log keygen KEYFILE --name example.org/register` makes it; its name is that of the
channel. The register is validated, its dates are taken from it, and what the folder has already
is verified with the key first.

A request is for witnesses, such as `orderwatch witness sign`: the checkpoint in `releases`, and a
proof from each state of the channel before. LINES has the cosignatures that they returned. Those
of witnesses of POLICY are verified. A release that is added has a new checkpoint without any.
"""

import argparse
import gzip
import sys
from datetime import date
from hashlib import sha256
from pathlib import Path

from orderwatch import fs
from orderwatch.errors import LogError, OrderwatchError, RegisterError
from orderwatch.frozen import replace
from orderwatch.log.formats import cosignature, signed_note, tree
from orderwatch.log.formats.consistency import ConsistencyProof
from orderwatch.log.formats.policy import Policy
from orderwatch.log.formats.signed_note import Signer
from orderwatch.register import load_register
from orderwatch.register.channel import FILE, Channel, sign
from orderwatch.register.releases import SCHEMA, Release
from orderwatch.register.updates import SIZE_MAX

_KEY_MAX = 10_000


def add(folder: Path, register: Path, next_review: date, signer: Signer) -> Release:
    """Add a release of a register to a channel, which is made if it is missing."""
    content = load_register(register)
    data = register.read_bytes()
    if sha256(data).hexdigest() != content.sha256:
        raise RegisterError(f"{register}: it changed while it was read")
    path = folder / FILE
    older = Channel.parse(path.read_bytes(), signer.verifier).releases if path.exists() else ()
    release = Release(
        number=len(older) + 1,
        reviewed=content.reviewed,
        seen_to=content.seen_to,
        sha256=content.sha256,
        schema=SCHEMA,
        next_review=next_review,
    )
    # Without a time, the same register gives the same bytes.
    packed = gzip.compress(data, mtime=0)
    release.unpack(packed)
    releases = sign([*older, Release.parse(str(release))], signer)
    if len(releases) + len(packed) > SIZE_MAX:
        raise RegisterError(f"{len(releases) + len(packed):,} bytes: clients take {SIZE_MAX:,}")
    folder.mkdir(parents=True, exist_ok=True)
    # The list last: it names no file that is missing.
    for name, content_ in ((release.file_name, packed), (FILE, releases)):
        fs.write(folder / name, [content_])
        (folder / name).chmod(0o644)
    return release


def request(folder: Path) -> str:
    """Return the request for witnesses of a channel, in the form of `log witness --request`."""
    releases, _, data = (folder / FILE).read_bytes().partition(b"\n\n")
    note, frontier = signed_note.parse(data), tree.Frontier()
    nodes = {
        (level, index): value
        for line in releases.split(b"\n")
        for level, index, value in frontier.add(tree.leaf_hash(line))
    }

    def prove(old: int) -> ConsistencyProof:
        hashes = tree.consistency_proof(old, frontier.size, lambda *node: nodes[node])
        return ConsistencyProof(old_size=old, hashes=tuple(hashes), note=note)

    return "\n".join(prove(old).to_text() for old in range(frontier.size + 1))


def attach(folder: Path, lines: bytes, policy: Policy) -> str:
    """Attach cosignatures to the checkpoint of a channel; return whether the policy is met."""
    path = folder / FILE
    releases, separator, data = path.read_bytes().partition(b"\n\n")
    note = signed_note.parse(data)
    new = [item for item in cosignature.parse_lines(lines) if item not in note.signatures]
    note = replace(note, signatures=(*note.signatures, *new))
    cosignature.verify(note, [witness.verifier for witness in policy.witnesses])
    fs.write(path, [releases + separator + str(note).encode()])
    path.chmod(0o644)
    try:
        policy.verify(note)
    except LogError as error:
        return str(error)
    return "the policy is met"


def main(argv: list[str] | None = None) -> None:
    """Add a release, write a request for witnesses, or attach what they return."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    task = parser.add_mutually_exclusive_group(required=True)
    task.add_argument("--add", type=Path, metavar="FILE")
    task.add_argument("--request", action="store_true")
    task.add_argument("--attach", type=Path, metavar="LINES")
    parser.add_argument("--next-review", type=date.fromisoformat, metavar="DATE")
    parser.add_argument("--sign", type=Path, metavar="KEYFILE")
    parser.add_argument("--policy", type=Path, metavar="POLICY")
    options = parser.parse_args(argv)
    needed = (options.next_review, options.sign) if options.add else (options.policy,)
    if not (options.request or all(needed)):
        parser.error("--add needs --next-review and --sign; --attach needs --policy")
    try:
        if options.request:
            print(request(options.folder), end="")
            return
        if options.attach:
            policy = Policy.parse(options.policy.read_bytes())
            print(attach(options.folder, options.attach.read_bytes(), policy))
            return
        signer = Signer.parse(fs.read_text(options.sign, _KEY_MAX))
        release = add(options.folder, options.add, options.next_review, signer)
    except (OrderwatchError, OSError, ValueError) as error:
        sys.exit(f"channel.py: {error}")
    print(f"{release}\nkey: {signer.verifier}")


if __name__ == "__main__":
    main()
