"""Render the page and the instructions of a dossier."""

from base64 import b64encode

from markupsafe import Markup

from orderwatch.model import CaptureRole
from orderwatch.model.dossier import Dossier, evidence_path, proof_path
from orderwatch.model.entry import amended_by, to_event
from orderwatch.render.names import localized
from orderwatch.render.templates import render
from orderwatch.translation import _, mark

_ROLES = {
    CaptureRole.HTML: mark("source code of the page"),
    CaptureRole.SCREEN: mark("picture of the whole page"),
    CaptureRole.WACZ: mark("archive of the page"),
    CaptureRole.PDF: mark("print of the whole page"),
}
_SHOWS = (
    mark("Each entry of the log is the one that was recorded, to the byte."),
    mark("Each entry is in the log whose size and root the checkpoint states."),
    mark("Each file is the one that was stored with its entry."),
    mark("How each date follows from the order."),
)
_SHOWS_NOT = (
    mark("That what somebody says is true, or what a page said was true."),
    mark("Who held the key that signed."),
    mark("When an entry was recorded: that is the clock of the recorder."),
    mark("That the checkpoint is the one that others saw: compare it with a copy kept elsewhere."),
    mark("Whether a State complies with an order."),
)


def unknown_ids(dossier: Dossier) -> str | None:
    """Return a remark on ids that the register lacks."""
    if not dossier.unknown:
        return None
    text = _("The register lacks {ids}: this file has no order and no date for it.")
    return text.format(ids=", ".join(dossier.unknown))


def page(dossier: Dossier) -> str:
    """Render the page, which prints on A4."""
    dossier = localized(dossier)
    events = {event.id: event for file in dossier.case_files for event in file.events}
    listed = {event.seq for event in events.values()}
    return render(
        "dossier.html",
        dossier=dossier,
        view=dossier.view,
        style=Markup(render("dossier.css")),  # noqa: S704 - of our own template
        shows=[_(text) for text in (_SHOWS if dossier.entries else _SHOWS[3:])],
        shows_not=[_(text) for text in (_SHOWS_NOT if dossier.entries else _SHOWS_NOT[::4])],
        roles=_ROLES,
        path=evidence_path,
        proof=proof_path,
        amended=amended_by,
        remark=unknown_ids(dossier),
        others=[
            to_event(entry) for entry in dossier.entries if entry.event and entry.seq not in listed
        ],
        root="",
        root_hash=b64encode(dossier.head.root).decode(),
        target=lambda _id: None,
        event_of=events.get,
        path_of=lambda event: f"#e-{event.id}",
        proofs=frozenset(),
    )


def instructions(dossier: Dossier) -> str:
    """Render VERIFY.txt."""
    bullets = [
        *(_("What this file shows"), ""),
        *(f"- {_(text)}" for text in _SHOWS),
        *("", _("What it does not show"), ""),
        *(f"- {_(text)}" for text in _SHOWS_NOT),
    ]
    proof = proof_path(dossier.entries[0]) if dossier.entries else "proofs/1.tlog-proof"
    steps = [
        _("1. Ask who gave you this file for the SHA-256 of manifest.sha256, by another way."),
        _("2. Compute it: sha256sum manifest.sha256 (macOS: shasum -a 256 manifest.sha256)."),
        _("   Without this comparison, the whole file can be a forgery that matches itself."),
        _("3. Compare every file with the manifest: sha256sum -c manifest.sha256"),
        _("4. Read verify.py: it has fewer than 100 lines and needs only Python 3.11. Then run"),
        "   python3 -I verify.py",
        _("   It computes the hashes, the tree and, with the package cryptography, signatures."),
        _("   It names changed files. A changed verify.py proves nothing: step 3 does."),
        _("5. Compare checkpoint with a copy that was kept elsewhere. If witnesses cosigned it,"),
        _("   orderwatch checks them with a policy that names them:"),
        f"   orderwatch log verify-proof {proof} --policy policy.txt",
    ]
    if dossier.stamps:
        steps += [
            _("6. A time stamp says before when the checkpoint existed, according to an authority"),
            _("   whose root certificate you get from the authority itself:"),
            "   head -n 3 checkpoint > text",
            "   openssl ts -verify -data text -in stamps/1.tsr -CAfile root.pem",
        ]
    title = _("Dossier: {title}").format(title=dossier.title)
    return "\n".join([title, "", *steps, "", *bullets, ""])
