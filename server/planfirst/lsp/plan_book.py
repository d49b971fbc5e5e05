"""Known plans, keyed by everything that a plan depends on. The oldest is forgotten first."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field, replace

from planfirst.core.types import Example, Plan, Task

_CAPACITY = 500


@dataclass(frozen=True, slots=True)
class PlanKey:
    """A task, the planner that would plan it, and the generation of the store it would be planned with."""

    task: Task
    planner: str
    store: str


@dataclass(frozen=True, slots=True)
class KnownPlan:
    """A plan, where it came from, and when (seconds of `time.time`)."""

    plan: Plan
    example: Example | None
    planner: str
    made: float = field(default_factory=time.time)


class PlanBook:
    """Known plans by key."""

    def __init__(self) -> None:
        self._plans: OrderedDict[PlanKey, KnownPlan] = OrderedDict()

    def key(self, task: Task, planner: str, store: str) -> PlanKey:
        """The key of a task, without the plan that stands in the file, the rules and the code around it."""
        return PlanKey(replace(task, plan=None, rules="", excerpts=()), planner, store)

    def get(self, key: PlanKey) -> KnownPlan | None:
        """The plan for that key, if it is known."""
        return self._plans.get(key)

    def put(self, key: PlanKey, known: KnownPlan) -> None:
        """Remembers a plan."""
        self._plans[key] = known
        self._plans.move_to_end(key)
        if len(self._plans) > _CAPACITY:
            self._plans.popitem(last=False)
