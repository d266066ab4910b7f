"""The cookies that applications set in their replies: each call has its own [twilio.com/docs/voice/twiml].

Few applications set any, so a call has a jar from its first cookie on.
"""

from __future__ import annotations

from collections import OrderedDict
from http.cookies import SimpleCookie
from typing import Final

import aiohttp
from yarl import URL

MAX_CALLS_WITH_COOKIES: Final = 1000
"""Of how many calls, the newest, cookies are kept. A call that is over does not say when its last request is."""


class CookieJars:
    """The jars of all calls."""

    def __init__(self) -> None:
        self._jars: OrderedDict[str, aiohttp.CookieJar] = OrderedDict()

    def of(self, call_sid: str) -> CallCookies:
        """The cookies of a call; of what concerns no call (an empty sid) they are not kept for the next request."""
        return CallCookies(self._jars if call_sid else OrderedDict(), call_sid)

    def clear(self) -> None:
        """Forget all cookies."""
        self._jars.clear()


class CallCookies:
    """The cookies of one call. Made by `CookieJars`."""

    def __init__(self, jars: OrderedDict[str, aiohttp.CookieJar], call_sid: str) -> None:
        self._jars = jars
        self._call_sid = call_sid

    def header(self, location: URL) -> str:
        """What a request to this URL says in `Cookie`; empty for nothing."""
        jar = self._jars.get(self._call_sid)
        if jar is None:
            return ""
        return "; ".join(f"{name}={morsel.coded_value}" for name, morsel in jar.filter_cookies(location).items())

    def take(self, cookies: SimpleCookie, location: URL) -> None:
        """Keep what a reply from this URL sets."""
        if not cookies:
            return
        jar = self._jars.get(self._call_sid)
        if jar is None:
            # Hosts without a name may have cookies too, for that is where local applications live.
            jar = self._jars[self._call_sid] = aiohttp.CookieJar(unsafe=True)
            if len(self._jars) > MAX_CALLS_WITH_COOKIES:
                self._jars.popitem(last=False)
        jar.update_cookies(cookies, location)
