"""Lets other processes go first."""

from __future__ import annotations

import os
import sys


def yield_to_others() -> None:
    """Lowers the priority of this process, so that what you wait for goes first."""
    if sys.platform == "win32":
        import psutil

        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(15)
