"""Every outgoing connection of a day of use is counted, where there is no route: there must be none.

The day runs in a process of its own, in a network of its own (`own_network`). What the user asks for stays on loopback:
the page, an endpoint, a hub and an index that only look like one. Whatever else is tried, by any process or library,
is found.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from pathlib import Path
from typing import Any

from tests.stress import day
from tests.stress.own_network import (
    Count,
    beginning,
    has_tracer,
    is_loopback,
    loopback_up,
    traced,
    tried_on_purpose,
    why_not_here,
)

_ROOT = Path(__file__).parents[2]
_SOCKETS = ('"/var/run/nscd', '"/run/nscd')  # which the C library asks for the user's name


async def run(count: int, seed: int, folder: Path, model: Path) -> dict[str, Any]:
    """So many uses in a random order; says how many connections were tried, and what was found.

    ``traced`` is how many addresses a tracer has seen, -1 without one. What is tried on purpose before must be counted.
    """
    sums = {"uses": 0, "outside": 0, "asked for": 0, "traced": -1}
    if reason := why_not_here():
        return {**sums, "found": [reason]}
    counted, seen = await _in_own_network(folder / "purpose.trace", "purpose")
    found = [f"{name} is not counted" for name, tried in counted.items() if not tried]
    if has_tracer() and not any(who.startswith("192.0.2.1 ") for who in seen):
        found.append("the tracer sees nothing")
    given = (str(count), str(seed), str(folder), str(model))
    result, seen = await _in_own_network(folder / "day.trace", "day", *given)
    found += result.pop("found")
    strangers = [who for who in seen if not is_loopback(who) and not who.startswith(_SOCKETS)]
    found += [f"{who} was spoken to" for who in dict.fromkeys(strangers)]
    return {**sums, **result, "traced": len(seen) if has_tracer() else -1, "found": found[:20]}


async def _in_own_network(trace: Path, *arguments: str) -> tuple[dict[str, Any], list[str]]:
    """What this file printed when it was run in a network of its own, and whom its processes meant."""
    process = await asyncio.create_subprocess_exec(
        *[*beginning(trace), sys.executable, "-m", "tests.stress.connections", *arguments],
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        cwd=_ROOT,
        env={name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")},
    )
    out, _ = await process.communicate()
    result: dict[str, Any] = json.loads(out.splitlines()[-1]) if out else {"found": ["it did not run to its end"]}
    return result, traced(trace)


async def _day(count: int, seed: int, folder: Path, model: Path) -> dict[str, Any]:
    """Uses things one after another; what the kernel counts during a use is that use's."""
    rng = random.Random(seed)
    uses = day.USES if count <= len(day.USES) else day.MORE_USES  # those that take long, in long runs
    order = [day.store]
    while len(order) < count:
        order += rng.sample(uses, len(uses))
    place = day.Place(folder, model)
    sums = {"uses": 0, "outside": 0, "asked for": 0}
    found = []
    last = Count.now()
    for number, use in enumerate(order[:count]):
        name, asked = f"{seed}:{number} {use.__name__}", 0
        try:
            asked = await use(place)
        except (AssertionError, TimeoutError, KeyError, ConnectionError, IndexError) as error:
            found.append(f"{name}: {error!r}")
        now = Count.now()
        tried, last = now.since(last), now
        if tried.outside:
            found.append(f"{name}: {tried.outside} attempts to reach an address elsewhere, or a resolver")
        if tried.opened != tried.accepted or asked not in (day.ANY, tried.accepted):
            found.append(f"{name}: {tried.opened} connections, {tried.accepted} accepted, {asked} asked for")
        sums["uses"] += 1
        sums["outside"] += tried.outside
        sums["asked for"] += tried.accepted
    return {**sums, "found": found}


def main() -> None:
    """``purpose``, or ``day`` with the arguments of `run`; prints one line of JSON."""
    loopback_up()
    if sys.argv[1] == "purpose":
        result: dict[str, Any] = dict(tried_on_purpose())
    else:
        count, seed, folder, model = sys.argv[2:]
        result = asyncio.run(_day(int(count), int(seed), Path(folder), Path(model)))
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
