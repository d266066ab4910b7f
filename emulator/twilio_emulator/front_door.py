"""The HTTP server behind the emulator's port."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.http import HttpProcessingError

Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


def http_server(answer: Answer) -> web.Server:
    """A server that hands every request to `answer`.

    Not an `Application`: its routing would cost as much as what it leads to. Whoever sends what is not HTTP is told so
    with a 400; that is no mistake of ours, and no reason for a trace in the log.
    """
    return web.Server(answer, access_log=None, logger=_logger)


def _is_worth_telling(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


_logger = logging.getLogger(__name__)
_logger.addFilter(_is_worth_telling)
