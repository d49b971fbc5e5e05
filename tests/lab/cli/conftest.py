"""What the command line's own tests have, too."""

from __future__ import annotations

from tests.cli.conftest import quick, random_llama

__all__ = ["quick", "random_llama"]
