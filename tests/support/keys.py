"""Keys of tests."""

from pathlib import Path

import pytest

HOME_KEY = "PRIVATE+KEY+orderwatch/home+c29b157c+AWhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGho\n"
"""The key of the home of each test."""
HOME_SEED = b"h" * 32
HOME = "54b0d81d0fa7d00e4a7d600dfaba6f2b22035b22fe335e17edf5f9aa5bb05074"
"""Its public half."""


def use_key(monkeypatch: pytest.MonkeyPatch, folder: Path, seed: bytes) -> str:
    """Let commands sign with the key of a seed; return its public half."""
    from orderwatch.log.formats.signed_note import Signer

    signer = Signer(name="example.org/office", seed=seed)
    path = folder / f"{signer.verifier.public.hex()[:8]}.key"
    path.write_text(f"{signer.private_key()}\n")
    monkeypatch.setenv("ORDERWATCH_KEY", str(path))
    return signer.verifier.public.hex()
