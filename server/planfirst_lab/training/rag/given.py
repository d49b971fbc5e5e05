"""What a question says a call is given: variables and literals, drawn."""

from __future__ import annotations

import random
from collections.abc import Sequence

KIND = "given"
MOST = 4  # of one call
VARIABLES = (
    "total", "items", "name", "path", "text", "result", "row", "value", "config", "user", "first", "other", "data",
    "current", "node", "count", "source", "target", "width", "height", "left", "right", "numbers", "words", "state",
    "matrix", "point", "response", "session", "template", "cls", "kind", "start", "end", "options", "buffer",
)  # fmt: skip
_TEXTS = ("", "a", "abc", "utf-8", "name", "hello world", "x = 1", "left", "2024", "main", "ascii", "en")


def arguments(required: Sequence[str], random_: random.Random) -> str:
    """A variable or a literal for each parameter, no variable twice, as they stand between a call's parentheses."""
    names = random_.sample(VARIABLES, len(required))
    values = [name if random_.random() < 0.6 else _literal(random_) for name in names]
    return ", ".join(
        each + value if each.endswith("=") else value for each, value in zip(required, values, strict=True)
    )


def _literal(random_: random.Random) -> str:
    draw = random_.random()
    if draw < 0.45:
        return str(random_.choice((random_.randint(-9, 99), random_.randint(100, 9999))))
    if draw < 0.6:
        return str(random_.choice((0.5, 1.5, 2.0, 0.25, -1.0, 3.14, 10.0)))
    if draw < 0.85:
        return repr(random_.choice(_TEXTS))
    if draw < 0.95:
        return repr(random_.sample(range(10), random_.randint(0, 3)))
    return random_.choice(("None", "True", "False"))
