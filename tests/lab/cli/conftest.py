"""What the command line's own tests have, too."""

from __future__ import annotations

from tests.cli.conftest import cookbook_home, quick, random_llama

__all__ = ["cookbook_home", "quick", "random_llama"]
