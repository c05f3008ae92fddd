"""Calling out: which addresses are refused, and how long a busy server is waited for."""

from datetime import UTC, datetime

import pytest

from gamebash.core.http import BlockedAddressError, BusyError, Client, RefusedError, check_public, wait_until
from tests.support.vendor import Answer, serving

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.7",
        "172.16.3.4",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",  # noqa: S104 it is refused
        "100.64.0.1",
        "::1",
        "fe80::1",
        "fc00::1",
        "::ffff:10.0.0.1",
        "224.0.0.1",
        "2002:7f00:1::",
    ],
)
def test_addresses_that_are_not_public_are_refused(address):
    with pytest.raises(BlockedAddressError, match="GAMEBASH_ALLOWED_HOSTS"):
        check_public(address, "example.org")


def test_a_public_address_is_fine():
    check_public("93.184.216.34", "example.org")


def test_loopback_is_not_called_unless_its_host_is_allowed():
    with serving(lambda asked: Answer({"ok": True})) as vendor:
        with pytest.raises(BlockedAddressError):
            Client(vendor.url).get("x")
        with pytest.raises(BlockedAddressError):
            Client(vendor.url.replace("127.0.0.1", "localhost")).get("x")
        assert vendor.asked == []
        assert Client(vendor.url, allowed_hosts=frozenset({"127.0.0.1"})).get("x").body == {"ok": True}


def test_a_redirect_to_another_server_is_not_followed():
    with (
        serving(lambda asked: Answer({})) as other,
        serving(lambda asked: Answer(None, 302, {"Location": f"{other.url}/in"})) as vendor,
    ):
        with pytest.raises(RefusedError, match="never sent there"):
            Client(vendor.url, {"Authorization": "s3cret"}, frozenset({"127.0.0.1"})).get("x")
        assert other.asked == []


def test_a_redirect_in_circles_ends():
    with (
        serving(lambda asked: Answer(None, 302, {"Location": "/again"})) as vendor,
        pytest.raises(RefusedError, match="circles"),
    ):
        Client(vendor.url, {}, frozenset({"127.0.0.1"})).get("x")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "12"}, 12),
        ({"retry-after": "Sun, 01 Mar 2026 08:00:30 GMT"}, 30),
        ({"ratelimit-reset": "5"}, 5),
        ({"x-ratelimit-reset": str(int(NOW.timestamp()) + 90)}, 90),
        ({"x-ratelimit-reset": "2026-03-01T08:01:00Z"}, 60),
        ({"x-ratelimit-period-in-sec": "60"}, 60),
    ],
)
def test_what_a_server_says_about_waiting_is_understood(headers, seconds):
    assert (wait_until(headers, now=NOW) - NOW).total_seconds() == seconds


def test_nothing_said_about_waiting_is_nothing():
    assert wait_until({}, now=NOW) is None
    assert wait_until({"retry-after": "soon"}, now=NOW) is None


def test_who_is_told_to_wait_for_hours_gives_up_at_once():
    waits = []
    with serving(lambda asked: Answer({}, 429, {"Retry-After": "7200"})) as vendor, pytest.raises(BusyError):
        Client(vendor.url, {}, frozenset({"127.0.0.1"}), waits.append).get("x")
    assert waits == []


def test_a_busy_server_is_asked_six_times_a_broken_one_three():
    for status, tries in ((429, 6), (500, 3)):
        waits = []
        with serving(lambda asked, status=status: Answer({}, status)) as vendor:
            with pytest.raises(BusyError):
                Client(vendor.url, {}, frozenset({"127.0.0.1"}), waits.append).get("x")
            assert len(vendor.asked) == tries
        assert waits == sorted(waits)


def test_what_is_sent_is_not_sent_on_to_where_a_redirect_points():
    with serving(lambda asked: Answer(None, 302, {"Location": "/elsewhere"})) as vendor:
        with pytest.raises(RefusedError, match="redirects what is sent"):
            Client(vendor.url, {}, frozenset({"127.0.0.1"})).send("POST", "x", {})
        assert len(vendor.asked) == 1
