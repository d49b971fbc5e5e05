"""The ``planfirst`` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the command line; ``planfirst serve`` skips all that only a person at a terminal needs."""
    if sys.argv[1:] == ["serve"]:
        from planfirst.lsp.__main__ import main as serve

        serve()
    else:
        from planfirst.cli import run

        sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
