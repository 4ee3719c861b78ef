"""Time stamps: each byte counts, and the time of the stamp decides."""

import time
from datetime import timedelta
from random import Random

import pytest
import rfc3161_client

from orderwatch.errors import LogError
from orderwatch.log import stamp
from orderwatch.log.formats.tree import EMPTY_ROOT
from orderwatch.model import TreeHead
from tests.support.timestamp_authorities import Authority, make


def test_each_changed_byte_of_a_stamp_or_checkpoint_is_refused(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    tsa = make(tmp_path_factory.mktemp("tsa") / "a", "Authority A")
    head = TreeHead(size=3, root=EMPTY_ROOT, origin="orderwatch/test")
    roots = stamp.read_roots(tsa.root.read_bytes())
    data = response_on(head, tsa)
    assert stamp.verify(data, head, roots).authority == "CN=Authority A"
    random = Random(21)  # noqa: S311 - the same in each run
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 1 << random.randrange(8)]) + data[place + 1 :]
        with pytest.raises(LogError):
            stamp.verify(changed, head, roots)
    for changed_head in (
        TreeHead(size=4, root=head.root, origin=head.origin),
        TreeHead(size=3, root=b"\0" * 32, origin=head.origin),
        TreeHead(size=3, root=head.root, origin="orderwatch/tesu"),
    ):
        with pytest.raises(LogError, match="another checkpoint"):
            stamp.verify(data, changed_head, roots)


def response_on(head: TreeHead, tsa: Authority) -> bytes:
    """Have a state stamped that no log has."""
    text = stamp.stamped_text(head)
    builder = rfc3161_client.TimestampRequestBuilder(text, rfc3161_client.HashAlgorithm.SHA256)
    return tsa.reply(builder.build().as_bytes())


def test_a_stamp_verifies_after_its_certificate_has_run_out(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    tsa = make(tmp_path_factory.mktemp("tsa") / "c", "Short", timedelta(seconds=2))
    head = TreeHead(size=3, root=EMPTY_ROOT, origin="orderwatch/test")
    data = response_on(head, tsa)
    time.sleep(3)
    roots = stamp.read_roots(tsa.root.read_bytes())
    assert stamp.verify(data, head, roots).authority == "CN=Short"
    late = response_on(head, tsa)
    with pytest.raises(LogError, match="is not valid"):
        stamp.verify(late, head, roots)
