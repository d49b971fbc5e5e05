"""How a model is asked: measured by `planfirst models tune`, kept with the model, never guessed from its name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

ExampleForm = Literal["inline", "turn", "none"]
Around = Literal["code", "names"]
PlanForm = Literal["first", "draft", "none"]


@dataclass(frozen=True, slots=True)
class Profile:
    """How one model is asked.

    Attributes:
        name: the set of prompt templates it reads.
        copies: it was made to carry an example over, so a poor example costs it little and none costs it everything.
        begun: its answer is begun for it, with the code fence and the stub, where there is one.
        example: its code stands in the request itself, in an earlier turn of the conversation, or nowhere.
        min_score: what `core.retrieve.worth` of an example must reach to be shown to it.
        stub_score: what it must reach besides, where the function to be written is declared already: the less there is
            to learn from an example, the nearer it must be.
        plan: written ``first``, and then followed by the code; from the ``draft`` of the code; or not at all.
        own_plan_score: what `worth` must reach for the planner to be shown the example's own plan.
        plan_tokens: its longest plan.
        around: the code around the request is shown as it stands in the file, or as names and signatures alone.
        declarations: what the opened folders declare and a request may call stands in its prompt.
        rules: the project's own rules stand in its prompt, where its templates have a place for them.
        candidates: how many answers are drawn at once where they can be checked.
        system: the system message that it is sent, in place of its templates' where it is not empty.
        stops: texts that end its code; neither they nor what follows are part of it.
        chat_temperature, chat_top_p, chat_top_k, chat_min_p, chat_repeat_penalty: how it is sampled in a conversation.
    """

    name: str
    copies: bool = False
    begun: bool = False
    example: ExampleForm = "inline"
    min_score: float = 0.75
    stub_score: float = -1.0
    plan: PlanForm = "first"
    own_plan_score: float = 0.0
    plan_tokens: int = 192
    around: Around = "code"
    declarations: bool = True
    rules: bool = True
    candidates: int = 1
    system: str = ""
    stops: tuple[str, ...] = ()
    chat_temperature: float = 0.7
    chat_top_p: float = 0.8
    chat_top_k: int = 20
    chat_min_p: float = 0.0
    chat_repeat_penalty: float = 1.05


COMPACT = Profile("compact", copies=True, min_score=0.55, around="names", declarations=False, rules=False)
# Without rules: the smallest model gained nothing by them (docs/log.md), and reading them takes time.
INSTRUCT = Profile(
    "instruct",
    begun=True,
    stub_score=0.95,
    plan="draft",
    own_plan_score=0.95,
    plan_tokens=120,
    candidates=4,
    rules=False,
)
# Of a server's model: few servers go on with an answer that is begun.
SERVED = replace(INSTRUCT, begun=False, plan="first", candidates=1, rules=True)
BUILT_IN = {profile.name: profile for profile in (COMPACT, INSTRUCT)}


def named(name: str) -> Profile:
    """A built-in profile; for a name that is none, what suits general models, with templates of that name."""
    return BUILT_IN.get(name) or Profile(name)
