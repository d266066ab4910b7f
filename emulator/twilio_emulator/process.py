"""What suits a process that is nothing but an emulator. A library must not do this to somebody else's process."""

from __future__ import annotations

import gc
from typing import Final

_YOUNG: Final = 1000
"""Objects made before the collector looks for garbage among them: few, for no frame leaves meanwhile."""
_MIDDLE_AGED: Final = 100
_OLD: Final = 100
"""How often it looks at the young before it looks at what survived, and at that before it looks at everything."""

_A_LARGE_BLOCK: Final = 2**20


def settle_in() -> None:
    """Arrange memory for a long life; called when the emulator has started.

    What start-up has made stays for good, so the collector need not walk through it while frames are due; nor need it
    look at every call that is kept each time that a few more have come. And asyncio reads sockets into 256 KiB at a
    time: until a large block has been freed once, glibc maps and unmaps one for every read.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE_AGED, _OLD)
    bytearray(_A_LARGE_BLOCK)
