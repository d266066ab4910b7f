"""What calls in these tests go through besides the emulator and the customer's pages."""

from collections.abc import AsyncIterator

import pytest
from stream_app import StreamApp


@pytest.fixture
async def streams() -> AsyncIterator[StreamApp]:
    """The customer's stream server."""
    app = StreamApp()
    await app.start()
    yield app
    await app.stop()
