"""Who words a question anew and plans for it: a model that is asked, or the syntax tree and a list of synonyms."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from planfirst.core import plan as plans
from planfirst.core.ports import Writer
from planfirst.core.types import Decoding, Pair, Plan, Prompt
from planfirst_lab.training.augment.rows import plan_of
from planfirst_lab.training.steps import steps_of
from planfirst_lab.training.wording import reword

_SYSTEM = """You prepare training data for a model that plans before code is written.

You are given a question and a snippet of code that answers it. Answer in exactly this form and write nothing else:

Question: the same question in really different words, one line, as another person would ask it
Plan:
1. first step
2. second step

The plan has one to six numbered steps, one line each, in the order in which the code does them. Each step says what is
done and names the function, method or module that does it. It contains no code."""
_ANSWER = re.compile(r"\s*Question:[ \t]*(?P<question>[^\n]*)\n\s*Plan:[ \t]*\n(?P<plan>.*)", re.DOTALL)
_REFUSAL = re.compile(r"\s*(I['’]?m (really )?sorry|Sorry|I can(no|')t|I cannot|I am unable|As an AI)", re.IGNORECASE)
# Spellings of control tokens; a server recognises them in what it is sent, whoever wrote them.
_CONTROL = re.compile(r"<\|[^|<>\s]{1,40}\|>|<(start|end)_of_turn>|\[/?INST\]|</?s>|<<SYS>>")
_TRIES = 8


@dataclass(frozen=True, slots=True)
class Answer:
    """What a teacher gave: another wording and a plan, or the reason why not; and the tokens that it took."""

    similar: str = ""
    plan: Plan | None = None
    reason: str = ""
    detail: str = ""
    tokens_read: int = 0
    tokens_written: int = 0


class Teacher(Protocol):
    """Answers for one pair at a time; several at once if ``jobs`` allows it."""

    @property
    def name(self) -> str:
        """What it is, for the report."""
        ...

    @property
    def jobs(self) -> int:
        """How many pairs it may be asked about at a time."""
        ...

    async def ask(self, pair: Pair, visit: int, seed: int) -> Answer:
        """The answer for a pair; the same for the same visit and seed, as far as the teacher can.

        Args:
            visit: how often it was asked about the pair before.

        Raises:
            EndpointError: the server did not answer.
        """
        ...


class OfflineTeacher:
    """Rewords by rules, and reads the plan off the syntax tree; a recipe's own wordings and steps are taken first.

    Args:
        wordings: what else the questions are known by, by the id of the pair.
    """

    name = "offline"
    jobs = 1

    def __init__(self, wordings: Mapping[str, Sequence[str]] | None = None) -> None:
        self._wordings = wordings or {}

    async def ask(self, pair: Pair, visit: int, seed: int) -> Answer:
        random_ = random.Random(f"{seed} {pair.id} {visit}")  # noqa: S311 - repeatable, not secret
        plan = pair.plan
        if plan is None:
            steps = steps_of(pair.code, random_)
            if not steps:
                return Answer(reason="the snippet does not parse as Python, or does nothing that could be planned")
            plan = Plan(tuple(steps))
        known = self._wordings.get(pair.id, ())
        if visit < len(known):
            return Answer(known[visit], plan)
        for _ in range(_TRIES):
            similar = reword(pair.question, random_)
            if _plain(similar) != _plain(pair.question):
                return Answer(similar, plan)
        return Answer(reason="no other wording was found")


class ModelTeacher:
    """A GGUF model or an endpoint.

    Args:
        remote: whether it runs elsewhere; then a snippet with control tokens is not sent, and no grammar holds it.
    """

    def __init__(self, writer: Writer, *, jobs: int, answer_tokens: int, temperature: float, remote: bool) -> None:
        self.name = writer.name
        self.jobs = jobs if remote else 1
        self._writer, self._remote = writer, remote
        self._tokens, self._temperature = answer_tokens, temperature

    async def ask(self, pair: Pair, visit: int, seed: int) -> Answer:
        if self._remote and (found := _CONTROL.search(f"{pair.question}\n{pair.code}")):
            return Answer(reason="question or snippet holds a control token", detail=found[0])
        prompt = Prompt(_SYSTEM, f"Question: {pair.question}\nCode:\n{pair.code}")
        (read,) = await self._writer.count([prompt.text])
        if read + self._tokens > self._writer.context:
            return Answer(reason="the snippet is too long for the teacher", detail=f"{read} tokens")
        decoding = Decoding(self._tokens, self._temperature, seed + visit, "" if self._remote else grammar())
        answer = "".join([piece async for piece in self._writer.stream(prompt, decoding)])
        (written,) = await self._writer.count([answer])
        return parse(answer, read, written)


def grammar() -> str:
    """A GBNF grammar for the form in which a teacher answers."""
    plan = plans.grammar().replace("root ::=", "plan ::=")
    return plan + 'root ::= "Question: " text "\\nPlan:\\n" plan\n'


def parse(answer: str, tokens_read: int = 0, tokens_written: int = 0) -> Answer:
    """A teacher's answer taken apart; one in another form, a refusal among them, is an `Answer` with a reason."""
    match = _ANSWER.fullmatch(answer)
    if match is None:
        reason = "the teacher refused" if _REFUSAL.match(answer) else "the teacher answered in another form"
        return Answer("", None, reason, " ".join(answer.split())[:200], tokens_read, tokens_written)
    plan = plan_of(match["plan"])
    if isinstance(plan, str):
        return Answer("", None, plan, " ".join(match["plan"].split())[:200], tokens_read, tokens_written)
    return Answer(" ".join(match["question"].split()), plan, "", "", tokens_read, tokens_written)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
