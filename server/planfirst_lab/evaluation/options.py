"""What is measured with and how: the arms, the benchmarks, and what a user can choose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from planfirst.core.errors import BadSetting
from planfirst.corpora import recipes
from planfirst.folders import data_folder, store_folder
from planfirst.settings import Settings
from planfirst_lab.evaluation import (
    development,
    edited,
    humaneval,
    mbpp,
    multipl_e,
    odex,
    own,
    recipe_items,
    unknown_code,
)
from planfirst_lab.evaluation.arms import (
    ADAPTED,
    BARE,
    DECLARED,
    EXAMPLE,
    FOLLOWED,
    FULL,
    LEFT_OUT,
    PLAIN,
    PLAN,
    PLANNED,
    VERIFIED,
    Arm,
    Spending,
)
from planfirst_lab.evaluation.items import Item, from_cookbook
from planfirst_lab.evaluation.request_examples import with_example
from planfirst_lab.evaluation.runner import CHECKS

# full comes before plan, which takes over its plan: so in full the code follows its plan at once, as in the product.
ARMS = {
    arm.name: arm
    for arm in (BARE, PLAIN, DECLARED, EXAMPLE, FULL, PLAN, PLANNED, ADAPTED, FOLLOWED, VERIFIED, LEFT_OUT)
}
SHOWN = (
    "bare",
    "plain",
    "declared",
    "example",
    "plan",
    "planned",
    "adapted",
    "followed",
    "full",
    "verified",
    "left_out",
)
LOADERS: Mapping[str, Callable[[Path], list[Item]]] = {
    "humaneval": humaneval.load,
    "mbpp": mbpp.load,
    "odex": odex.load,
    "multipl-e": multipl_e.load,
    "file": own.load,
}
# What comes with Planfirst. The first three are measured with our own recipes.
OURS: Mapping[str, Callable[[], list[Item]]] = {
    "cookbook": lambda: from_cookbook(recipes.load()),
    "cookbook-fresh": lambda: from_cookbook(recipes.load(), fresh=True),
    "cookbook-examples": lambda: with_example(from_cookbook(recipes.load())),
    "development": development.load,
    "natural": development.load_natural,
    "natural-fresh": development.load_fresh,
    "within": development.load_within,
    "within-fresh": development.load_within_fresh,
    "by-example": development.load_by_example,
    "by-example-fresh": development.load_by_example_fresh,
    "script": development.load_script,
    "script-fresh": development.load_script_fresh,
    "change": development.load_change,
    "change-fresh": development.load_change_fresh,
    edited.NAME: edited.load,
    edited.DRAFTS: edited.load_drafts,
    edited.DRAFTS_FRESH: edited.load_drafts_fresh,
    recipe_items.NAME: recipe_items.load,
    unknown_code.NAME: unknown_code.load,
    unknown_code.FRESH: unknown_code.load_fresh,
}
_LEAST_BUDGET = 32


@dataclass(frozen=True, slots=True)
class Options:
    """What is measured and how.

    Attributes:
        benchmark: a key of `LOADERS`, whose data is ``file``, or of `OURS`, which have no file.
        arms: keys of `ARMS`.
        model: a name, the path of a GGUF file, or the URL of a server.
        samples: drawn for pass@k in each arm; 0 for none.
        limit: the first so many tasks; None for all.
        budget: tokens that an answer may take, plan and code together.
        checks: how many answers are checked at a time; a server is asked as many at a time.
        at_once: how many answers a model file writes at a time; with more than one, seconds are no longer its own.
        rules: a file with the rules of a project that all tasks are of; None for none.
        packages: to install for the checks; those of the cookbook are run with what Planfirst itself is run with.
        store, out: folders; None for the settings' store, and for one in the data folder.
    """

    benchmark: str
    file: Path | None = None
    arms: tuple[str, ...] = ("plain", "example", "plan", "full")
    model: str = "starter"
    samples: int = 0
    limit: int | None = None
    budget: int = Spending().total
    seed: int = 0
    checks: int = CHECKS
    at_once: int = 1
    packages: tuple[str, ...] = ()
    rules: Path | None = None
    store: Path | None = None
    out: Path | None = None
    settings: Settings = field(default_factory=Settings)

    @property
    def folder(self) -> Path:
        """Where the results go."""
        name = self.file.stem if self.benchmark == "file" and self.file else self.benchmark
        return self.out or data_folder() / "evaluation" / name

    @property
    def of_the_cookbook(self) -> bool:
        """Whether it is measured with our own recipes."""
        return self.benchmark.startswith("cookbook")

    @property
    def store_folder(self) -> Path:
        """Where the store is."""
        return self.store or store_folder(self.settings.retriever.store)

    @property
    def spending(self) -> Spending:
        """The budget, and how much of it a plan may take."""
        return Spending(self.budget, min(Spending().plan, self.budget // 2))

    def chosen(self) -> list[Arm]:
        """The arms in the order in which they answer.

        Raises:
            BadSetting: there is no such arm, or the budget is too small.
        """
        if unknown := [name for name in self.arms if name not in ARMS]:
            raise BadSetting("plain", what=f"There is no arm {unknown[0]!r}.", next=f"Choose from {', '.join(ARMS)}.")
        if not self.arms:
            raise BadSetting("plain", what="No arm is chosen.", next=f"Choose from {', '.join(ARMS)}.")
        if self.budget < _LEAST_BUDGET:
            raise BadSetting(
                "plain", what=f"A budget of {self.budget} tokens is too small.", next=f"Give at least {_LEAST_BUDGET}."
            )
        if self.benchmark in unknown_code.SETS and VERIFIED.name in self.arms:
            raise BadSetting(
                "plain",
                what=f"The requests of {self.benchmark} show nothing to verify by.",
                next="Leave the arm verified out.",
            )
        if ADAPTED.name in self.arms and not self.settings.planner.adapter:
            raise BadSetting(
                "plain",
                what="The arm adapted has no adapter to plan with.",
                next="Name one with --set planner.adapter=FILE.",
            )
        return [arm for arm in ARMS.values() if arm.name in self.arms]


def load(options: Options) -> list[Item]:
    """All tasks of the benchmark.

    Raises:
        BadSetting: a file cannot be used.
    """
    rules = read_rules(options.rules) if options.rules else ""
    return [replace(item, task=replace(item.task, rules=rules)) for item in _loaded(options)]


def read_rules(file: Path) -> str:
    """The rules in a file.

    Raises:
        BadSetting: it cannot be read.
    """
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(
            "plain", what=f"The rules in {file} cannot be read ({error}).", next="Name a text file in UTF-8."
        ) from error


def _loaded(options: Options) -> list[Item]:
    if options.benchmark in OURS:
        if options.file is not None:
            raise BadSetting(
                "plain",
                what=f"The tasks of {options.benchmark} come with Planfirst, so it takes no file.",
                next="Leave the path out.",
            )
        return OURS[options.benchmark]()
    if options.file is None:
        raise BadSetting(
            "plain",
            what=f"The data of {options.benchmark} does not come with Planfirst.",
            next="Give the path of its file.",
        )
    return LOADERS[options.benchmark](options.file)
