"""A release has the limit of every register."""

import gzip
from datetime import date
from hashlib import sha256

import pytest

from orderwatch.errors import RegisterError
from orderwatch.register import SIZE_MAX
from orderwatch.register.releases import Release


def release(register: bytes) -> Release:
    return Release(
        number=1,
        reviewed=date(2026, 11, 23),
        seen_to=None,
        sha256=sha256(register).hexdigest(),
        schema=1,
        next_review=date(2027, 2, 21),
    )


def test_a_register_of_another_court_can_be_released() -> None:
    register = bytes(SIZE_MAX)
    assert release(register).unpack(gzip.compress(register, 1)) == register


def test_more_is_refused_before_it_is_decompressed() -> None:
    register = bytes(SIZE_MAX + 1)
    with pytest.raises(RegisterError, match="too large: more than 25,000,000 bytes"):
        release(register).unpack(gzip.compress(register, 1))
