"""`log witness`: have the checkpoints of the log cosigned by others."""

from pathlib import Path
from typing import Annotated

import typer

from orderwatch import clock
from orderwatch.cli.commands.log.checkpoint import (
    HOME,
    MAX_BYTES,
    Keys,
    PolicyFile,
    Sign,
    read_key,
    read_policy,
)
from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.errors import UsageError
from orderwatch.log.formats.policy import Policy
from orderwatch.log.formats.signed_note import Signer, Verifier
from orderwatch.log_url import require_other_file
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _, mark


def witness(
    ctx: typer.Context,
    request: Annotated[
        bool, typer.Option("--request", help=mark("Write a request, to send to witnesses."))
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help=mark("Write the request to FILE.")),
    ] = None,
    old: Annotated[
        list[int] | None,
        typer.Option(
            "--old",
            metavar="N",
            help=mark("Prove from a size of N entries, too, as a witness asks. Repeatable."),
        ),
    ] = None,
    merge: Annotated[
        str | None,
        typer.Option(
            "--merge",
            metavar="LINE|FILE|-",
            help=mark("Store a cosignature that a witness returned."),
        ),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="URL", help=mark("Send the checkpoint to this witness.")),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help=mark("Send it also within a day of the last one."))
    ] = False,
    key: Keys = None,
    policy: PolicyFile = None,
    sign: Sign = None,
) -> None:
    """Have the log witnessed: others cosign that it only grows.

    A witness gets size and root of the log, its public key, and no entry. By file or mail, a
    partner answers with `orderwatch witness sign`; by HTTPS, a witness of the public network.
    A request in a file leaves standard output to the public key of the log.

    For example:
      orderwatch log witness --request -o request.txt > office.vkey
      orderwatch log witness --merge answer.txt --policy witnesses.txt
      orderwatch log witness --to https://witness.example/ --policy witnesses.txt
    """
    from orderwatch.log import cosigning

    if [request, merge is not None, to is not None].count(True) != 1:
        raise UsageError(_("use one of --request, --merge and --to"))
    verifiers = [Verifier.parse(item) for item in key or ()]
    rules = Policy() if policy is None else read_policy(policy)
    with Snapshot(settings(ctx), write=not request) as snapshot:
        signer_key = read_key(sign or Path(HOME), snapshot, hint=request and output is None)
        log = snapshot.log
        if request:
            text = cosigning.build_request(log, signer_key, old or ())
            if output is None:
                streams.write_document(text)
            else:
                require_other_file(str(settings(ctx).log.value), output)
                streams.write_file(output, [text.encode()])
                streams.write_result(f"{Signer.parse(str(signer_key)).verifier}\n")
            return
        if merge is not None:
            known = [*verifiers, *(item.verifier for item in rules.witnesses)]
            merged = cosigning.merge(log, _read_lines(merge), known, signer_key)
        else:
            address = str(to)
            expected = verifiers or _at(rules, address)
            last = cosigning.last_time(log, expected)
            if last is not None and clock.now() - last < cosigning.INTERVAL and not again:
                text = _(
                    "Nothing was sent: the witness cosigned at {time}; --again sends more often."
                )
                streams.write_result(text.format(time=f"{last:%Y-%m-%d %H:%M} UTC") + "\n")
                return
            items = cosigning.submit(log, address, expected, signer_key)
            merged = [(log.head().size, item) for item in items]
    for size, item in merged:
        text = _("{name} cosigned the log up to entry {size} at {time}.")
        time = f"{item.time:%Y-%m-%d %H:%M:%S} UTC"
        streams.write_result(text.format(name=item.verifier.name, size=size, time=time) + "\n")


def _at(policy: Policy, url: str) -> list[Verifier]:
    """Return the keys of the witnesses with an address; raise `UsageError` if there is none."""
    keys = [
        item.verifier
        for item in policy.witnesses
        if item.url is not None and item.url.rstrip("/") == url.rstrip("/")
    ]
    if not keys:
        raise UsageError(
            _("name the public key of the witness with --key, or a policy that has it")
        )
    return keys


def _read_lines(text: str) -> str:
    """Return cosignatures, which stand there or in a file."""
    return text if text.startswith("\N{EM DASH} ") else streams.read_input(text, MAX_BYTES)
