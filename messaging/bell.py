"""The doorbell: tells the dispatch worker to look. Losing a ring costs one poll interval (1 s).

Rung from a thread of its own, so that a broker that is slow or gone never slows an accept; rings
that come close together become one.
"""

import threading
import time
from typing import Final

from messaging.tasks import dispatch_due

# Rings within this are one; a task drains the whole lane anyway.
GATHER_SECONDS: Final = 0.1
AFTER_FAILURE_SECONDS: Final = 1.0

_rung = threading.Event()
_lock = threading.Lock()
_ringer: threading.Thread | None = None


def ring() -> None:
    """A dispatch worker looks soon. Never raises, never waits."""
    global _ringer
    if _ringer is None:
        with _lock:
            if _ringer is None:
                _ringer = threading.Thread(target=_keep_ringing, name="bell", daemon=True)
                _ringer.start()
    _rung.set()


def _keep_ringing() -> None:
    while True:
        _rung.wait()
        _rung.clear()
        try:
            dispatch_due.apply_async(retry=False, expires=5)
        except Exception:  # noqa: BLE001 - the broker is gone: the poll finds the rows
            time.sleep(AFTER_FAILURE_SECONDS)
        time.sleep(GATHER_SECONDS)
