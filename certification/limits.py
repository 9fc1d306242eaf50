"""Slows down whoever guesses codes or names: counts misses per client address over all public faces together.

Only a miss (an unknown code, a name that differs) is counted: the check sign catches typing mistakes before, so honest
people never come near the limit, and a right answer costs no write.
"""

import ipaddress
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

WINDOW_SECONDS = 600
MISSES = 60


def _without_port(told: str) -> str:
    """An address without the port that some proxies put behind it: `192.0.2.1:8080`, `[2001:db8::1]:8080`."""
    if told.startswith("["):
        return told[1:].partition("]")[0]
    return told.partition(":")[0] if told.count(":") == 1 else told


def client_address(request: HttpRequest) -> str:
    """The address to count by: what the last trusted proxy saw, never what the client claims; IPv6 by its /64."""
    told = request.META.get("REMOTE_ADDR", "")
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    if settings.TRUSTED_PROXY_COUNT and len(hops) >= settings.TRUSTED_PROXY_COUNT:
        told = hops[-settings.TRUSTED_PROXY_COUNT]
    try:
        address = ipaddress.ip_address(_without_port(told))
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)


def _key(request: HttpRequest, now: float) -> str:
    return f"misses:{client_address(request)}:{int(now // WINDOW_SECONDS)}"


def seconds_to_wait(request: HttpRequest) -> int:
    """0 while this address may ask; else the seconds until it may again. One read of the cache."""
    now = time.time()
    if cache.get(_key(request, now), 0) < MISSES:
        return 0
    return int(WINDOW_SECONDS - now % WINDOW_SECONDS) + 1


def count_miss(request: HttpRequest) -> None:
    """Note one miss of this address."""
    key = _key(request, time.time())
    cache.add(key, 0, WINDOW_SECONDS)
    try:
        cache.incr(key)
    except ValueError:  # it lapsed between the two calls: the window is over
        cache.set(key, 1, WINDOW_SECONDS)


def turn(name: str, most: int, seconds: int) -> int:
    """Count one call under a name; 0 while it may go on, else the seconds until the window of `seconds` is over.

    At most `most` calls in a window. Two or three calls of the cache.
    """
    now = time.time()
    key = f"turns:{name}:{int(now // seconds)}"
    cache.add(key, 0, seconds)
    try:
        taken = cache.incr(key)
    except ValueError:  # it lapsed between the two calls: the window is over
        cache.set(key, 1, seconds)
        taken = 1
    return 0 if taken <= most else int(seconds - now % seconds) + 1
