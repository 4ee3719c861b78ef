"""Options and steps that `register check` and `register update` share."""

from typing import TYPE_CHECKING, Annotated

import typer

from orderwatch import clock, snapshot
from orderwatch.cli.options import settings
from orderwatch.errors import UsageError
from orderwatch.translation import _, mark

if TYPE_CHECKING:
    from orderwatch.register.releases import Release
    from orderwatch.register.updates import Updates

From = Annotated[
    str | None,
    typer.Argument(
        metavar="FROM",
        help=mark("An https URL or a folder; default: `from` of [releases] in the configuration."),
        show_default=False,
    ),
]


def open_updates(ctx: typer.Context, address: str | None) -> "Updates":
    """Return the updates of an address or of the configuration; raise `UsageError` without."""
    from orderwatch.cli.commands.log.checkpoint import read_policy
    from orderwatch.log.formats.signed_note import Verifier
    from orderwatch.register.updates import Updates

    configured = settings(ctx).releases
    if configured.key is None:
        raise UsageError(
            _(
                "no key: set the verifier key of the release channel, as its operator publishes"
                " it, with: orderwatch config set releases.key KEY"
            )
        )
    address = configured.source if address is None else address
    if not address:
        raise UsageError(
            _(
                "no address: name the URL or folder of a release channel, or set it with:"
                " orderwatch config set releases.from URL"
            )
        )
    try:
        verifier = Verifier.parse(configured.key)
    except UsageError as error:
        text = _("releases.key in the configuration: {error}")
        raise UsageError(text.format(error=error)) from error
    policy = None if configured.policy is None else read_policy(configured.policy)
    return Updates(address, verifier, snapshot.installation(), clock.today("UTC"), policy)


def describe(release: "Release") -> str:
    """Format what a release is: number and dates."""
    seen_to = release.seen_to or _("an unknown day")
    text = _(
        "release {n}, reviewed on {reviewed}, decisions seen to {seen_to}, next review by {next}"
    )
    return text.format(
        n=release.number, reviewed=release.reviewed, seen_to=seen_to, next=release.next_review
    )
