"""A release channel on a web server: what is requested, and what is refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from orderwatch import https
from orderwatch.errors import DeliveryError, OrderwatchError, RegisterError, UsageError
from orderwatch.register.channel import FILE
from orderwatch.register.installed import Installation
from orderwatch.register.updates import SIZE_MAX, Updates
from tests.support import channels
from tests.support.channel_sites import ChannelSite, serving
from tests.support.channels import COUNT, SIGNER
from tests.support.day import TODAY


@pytest.fixture
def site(
    tmp_path: Path, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ChannelSite]:
    """Serve a good channel, with a certificate that this machine trusts."""
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    folder = channels.write(tmp_path / "channel", channels.releases())
    with serving(folder, authority) as result:
        yield result


@pytest.fixture
def home(tmp_path: Path) -> Installation:
    """Return a home that has installed the second release."""
    return channels.home(tmp_path / "home", 2, installed=2)


def update(address: str, home: Installation) -> int:
    """Update from an address; return the number of the newest release."""
    updates = Updates(address, SIGNER.verifier, home, TODAY)
    item = updates.newest()
    if home.in_use().is_older_than(item):
        updates.install(item, updates.register(item.release))
    return item.release.number


def refusal(address: str, home: Installation) -> OrderwatchError:
    with pytest.raises(OrderwatchError) as error:
        update(address, home)
    used = home.in_use().installed
    assert used is not None
    assert used.release.number == 2
    return error.value


def test_an_update_takes_two_requests_and_the_next_one_that_transfers_nothing(
    site: ChannelSite, home: Installation
) -> None:
    assert update(site.url, home) == COUNT
    paths = [path for path, _ in site.requests]
    assert paths == ["/register/releases", f"/register/orders-{COUNT}.toml.gz"]
    assert site.sent < SIZE_MAX
    sent, site.requests = site.sent, []
    assert update(site.url, home) == COUNT
    [(path, headers)] = site.requests
    assert (path, site.sent) == ("/register/releases", sent)
    assert {"If-None-Match", "If-Modified-Since"} <= headers.keys()


def test_a_request_says_nothing_about_who_asks(site: ChannelSite, home: Installation) -> None:
    update(site.url, home)
    update(site.url + "/", home)
    for _, headers in site.requests:
        assert headers.pop("Host") == f"localhost:{site.port}"
        assert headers.pop("User-Agent") == "orderwatch"
        assert headers.pop("Connection") == "close"
        assert headers.pop("Accept-Encoding") == "identity"
        assert headers.pop("Accept") == "*/*"
        assert headers.keys() <= {"If-None-Match", "If-Modified-Since"}


def test_validators_are_not_sent_for_what_was_not_seen_last(
    site: ChannelSite, home: Installation, tmp_path: Path
) -> None:
    """A mirror that answers 304 must not pass for one that has what another had."""
    channels.write(site.folder, channels.releases(3))
    update(site.url, home)
    update(str(channels.write(tmp_path / "usb", channels.releases(4))), home)
    with pytest.raises(RegisterError, match="rollback: "):
        update(site.url, home)
    assert "If-None-Match" not in site.requests[-1][1]


def test_validators_are_not_sent_to_another_address(site: ChannelSite, home: Installation) -> None:
    """They would tell a mirror which other one was asked before."""
    site.redirects["/old/releases"] = f"{site.url}/releases"
    update(site.url, home)
    site.requests.clear()
    update(site.url.replace("/register", "/old"), home)
    assert [path for path, _ in site.requests] == ["/old/releases", "/register/releases"]
    assert all("If-None-Match" not in headers for _, headers in site.requests)


def test_what_was_seen_without_a_policy_is_not_accepted_with_it(
    site: ChannelSite, home: Installation
) -> None:
    """The answer 304 says nothing of cosignatures."""
    update(site.url, home)
    updates = Updates(site.url, SIGNER.verifier, home, TODAY, channels.POLICY)
    with pytest.raises(RegisterError, match="not cosigned by A, B, C"):
        updates.newest()
    assert "If-None-Match" in site.requests[-1][1]
    channels.cosign(site.folder, *channels.WITNESSES[1:])
    assert updates.newest().release.number == COUNT


def test_a_site_without_validators_works(site: ChannelSite, home: Installation) -> None:
    site.etags = False
    assert [update(site.url, home) for _ in range(2)] == [COUNT, COUNT]


def test_an_answer_of_304_to_a_plain_request_is_refused(
    site: ChannelSite, home: Installation
) -> None:
    site.status = 304
    assert isinstance(refusal(site.url, home), RegisterError)


def test_a_redirect_to_https_is_followed(site: ChannelSite, home: Installation) -> None:
    site.redirects["/old/releases"] = f"{site.url}/releases"
    site.redirects[f"/old/orders-{COUNT}.toml.gz"] = f"/register/orders-{COUNT}.toml.gz"
    assert update(site.url.replace("/register", "/old"), home) == COUNT
    assert all("Cookie" not in headers for _, headers in site.requests)


@pytest.mark.parametrize(
    "target", ["http://localhost/releases", "file:///etc/passwd", "ftp://localhost/x", "data:,x"]
)
def test_a_redirect_elsewhere_is_refused(
    site: ChannelSite, home: Installation, target: str
) -> None:
    site.redirects["/register/releases"] = target
    error = refusal(site.url, home)
    assert isinstance(error, RegisterError)
    assert "redirect refused" in str(error)


def test_a_redirect_in_a_circle_ends(site: ChannelSite, home: Installation) -> None:
    site.redirects["/register/releases"] = f"{site.url}/releases"
    assert isinstance(refusal(site.url, home), RegisterError)
    assert len(site.requests) < 10


@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, RegisterError), (403, RegisterError), (500, DeliveryError), (503, DeliveryError)],
)
def test_an_error_of_the_server(
    site: ChannelSite, home: Installation, status: int, kind: type[OrderwatchError]
) -> None:
    site.status = status
    error = refusal(site.url, home)
    assert type(error) is kind
    assert str(status) in str(error)


def test_a_body_that_was_cut_is_tried_again(site: ChannelSite, home: Installation) -> None:
    site.cut = True
    assert isinstance(refusal(site.url, home), DeliveryError)


def test_a_body_that_is_too_large_is_not_read_to_its_end(
    site: ChannelSite, home: Installation
) -> None:
    (site.folder / FILE).write_bytes(b"x" * 5_000_000)
    error = refusal(site.url, home)
    assert isinstance(error, RegisterError)
    assert "too large" in str(error)


def test_both_files_together_have_a_limit(
    site: ChannelSite, home: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orderwatch.register import updates

    size = (site.folder / FILE).stat().st_size
    monkeypatch.setattr(updates, "SIZE_MAX", size + 100)
    assert "too large" in str(refusal(site.url, home))


def test_a_slow_answer_is_given_up(
    site: ChannelSite, home: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(https, "SECONDS_MAX", 0.5)
    site.drip = 0.05
    error = refusal(site.url, home)
    assert isinstance(error, DeliveryError)
    assert "no answer within" in str(error)
    assert site.dripped < 500  # of 1,000


def test_a_certificate_of_another_authority_is_refused(
    site: ChannelSite, home: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "other.pem"))
    error = refusal(site.url, home)
    assert isinstance(error, DeliveryError)
    assert "issuer certificate" in str(error)


def test_a_server_that_is_not_there_is_tried_again(home: Installation) -> None:
    assert isinstance(refusal("https://localhost:1/register", home), DeliveryError)


@pytest.mark.parametrize(
    "address",
    [
        *("http://localhost/register", "ftp://localhost/register", "file:///srv/register"),
        *("https://me:word@localhost/register", "https://localhost/x?token=1", "https:///x"),
        *("https://localhost/x#y", "https://localhost/a b", "https://lö.example/x", "https://"),
    ],
)
def test_an_address_that_is_not_https_is_wrong_usage(home: Installation, address: str) -> None:
    error = refusal(address, home)
    assert isinstance(error, UsageError)
    assert "word" not in str(error)


def test_what_was_seen_is_refused_when_it_freezes(site: ChannelSite, home: Installation) -> None:
    update(site.url, home)
    late = channels.releases()[-1].next_review.replace(year=2028)
    with pytest.raises(RegisterError, match="freeze: "):
        Updates(site.url, SIGNER.verifier, home, late).newest()
    assert site.requests[-1][1].get("If-None-Match")
