"""The files that the page on Patroni prints, for each server; `tests.stress.failover` runs them."""

import pytest

from tests.support.patroni import ADDRESSES, NAMES, block, of_server

ETCD, PATRONI = block("ini", "ETCD_NAME"), block("yaml", "scope:")


@pytest.mark.parametrize("name", NAMES)
def test_each_server_has_its_own_name_and_address_and_knows_all(name: str) -> None:
    etcd = dict(line.split("=", 1) for line in of_server(ETCD, name).splitlines())
    assert etcd["ETCD_NAME"] == name
    assert etcd["ETCD_LISTEN_CLIENT_URLS"] == f"http://{ADDRESSES[name]}:2379"
    members = dict(x.split("=") for x in etcd["ETCD_INITIAL_CLUSTER"].split(","))
    assert members == {server: f"http://{ip}:2380" for server, ip in ADDRESSES.items()}
    assert etcd["ETCD_INITIAL_ADVERTISE_PEER_URLS"] == members[name]
    patroni = of_server(PATRONI, name)
    assert f"\nname: {name}\n" in patroni
    assert patroni.count(f"{name}.example.org:") == 4
    assert all(f'"{ip}:2379"' in patroni for ip in ADDRESSES.values())


def test_every_connection_between_servers_checks_certificates() -> None:
    users = PATRONI.partition("authentication:")[2]
    assert users.count("sslmode: verify-full") == users.count("username:") == 3
    rules = [line.split() for line in PATRONI.splitlines() if line.strip().startswith("- host")]
    assert {rule[1] for rule in rules} == {"hostssl"}
