"""The values that flow through Planfirst, free of any editor, model or index. All are frozen; lines count from zero."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from planfirst.core.decoding import Decoding as Decoding
from planfirst.core.events import CodeSoFar as CodeSoFar
from planfirst.core.events import Notice as Notice
from planfirst.core.events import Stage as Stage
from planfirst.core.events import StageName as StageName
from planfirst.core.events import Text as Text
from planfirst.core.tools import Exchange, Tool
from planfirst.words import Message

SectionName = Literal["rules", "declarations", "context", "example", "request", "plan"]
Goal = Literal["plan", "prompt", "generate"]
MAX_STEPS = 6
DOTS = "..."  # stands for the code that is asked for
OWN = "own"  # in the place of a licence: the code is yours
_CUT: dict[SectionName, str] = {
    "rules": "prompt-rules-cut",
    "declarations": "prompt-declarations-cut",
    "context": "prompt-context-cut",
    "example": "prompt-example-cut",
    "request": "prompt-request-cut",
    "plan": "prompt-plan-cut",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and the code that answers it, as a corpus gives it.

    Attributes:
        id: unique within its corpus.
        question, code: one line of natural language, and the answer as source text.
        source: name of the corpus, for example ``cookbook``.
        licence: SPDX identifier of the code's licence, or `OWN`.
        place: where a person finds it, for example ``text.toml#slugify``.
        about: the text it is found by; where there is none, the question with the code.
        steps: the plan that the code follows, one step a line.
    """

    id: str
    question: str
    code: str
    source: str
    licence: str
    place: str
    about: str = ""
    steps: str = ""

    @property
    def is_own(self) -> bool:
        """Whether it is your code, and not somebody's under a licence."""
        return self.licence == OWN

    @property
    def plan(self) -> Plan | None:
        """The steps as a plan."""
        steps = [line for line in self.steps.splitlines() if line.strip()]
        return Plan(tuple(steps[:MAX_STEPS])) if steps else None


@dataclass(frozen=True, slots=True)
class Example:
    """A retrieved pair, its cosine similarity to the request (-1 to 1), and the share of the request's words in it."""

    pair: Pair
    score: float
    shared: float = 0.0


@dataclass(frozen=True, slots=True)
class Declaration:
    """A function, method or type of an opened folder.

    Attributes:
        name: with the name of its type, for example ``Book.carry``.
        code: of a function its header, of a type the type with its members' headers, flush left.
        about: what it does, in one line; empty where nothing is said.
        file, line: its path below the folder, with ``/``, and where it begins, counted from 1.
        module: what Python imports it from; the path of a JavaScript or TypeScript file without its suffix; else empty.
    """

    name: str
    code: str
    about: str
    file: str
    line: int
    is_type: bool = False
    module: str = ""

    @property
    def owner(self) -> str:
        """The name of its type; empty where it has none."""
        return self.name.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Task:
    """A request together with where it stands in the code.

    Attributes:
        request: what the user asked for, without comment markers.
        language: the editor's language id, for example ``python``.
        signature: the enclosing function's ``def`` line, or the class's, if there is one.
        imports: names bound by the file's imports, as import statements.
        plan: the plan that stands in the file with the request, if there is one.
        stub: of an empty function, its header and doc comment, flush left; the body is to be written. Else empty.
        neighbours: what stands beside it and may be called: one signature, attribute or field a line.
        announced: the header that the request itself gives, as in ``mean(values): the average``; only without a stub.
        comment: at the top level of a file, the comment that holds the request, as it stands there.
        lead: within a class or a function, the rows from its header down to the comment, which is the last of them.
        rules: what the project says of its code, in its own words; data, as all that a repository holds.
        excerpts: the code around it, the longest first; with code below the ``comment``, that and `DOTS`, too.
        statements: whether something is to be done at the top level of a script, so that no function is asked for.
        sets: names that the code below uses and nothing else sets.
        changed: code of the file that the request asks to have otherwise, flush left; else empty.
    """

    request: str
    language: str = "python"
    signature: str = ""
    imports: tuple[str, ...] = ()
    plan: Plan | None = None
    stub: str = ""
    neighbours: tuple[str, ...] = ()
    announced: str = ""
    comment: str = ""
    lead: str = ""
    rules: str = ""
    excerpts: tuple[str, ...] = ()
    statements: bool = False
    sets: tuple[str, ...] = ()
    changed: str = ""

    @property
    def header(self) -> str:
        """What the code begins with, as far as it is known, so that its body is all there is to write; else empty."""
        return self.stub or self.announced

    @property
    def opening(self) -> str:
        """What the answer is begun with: else a small model that is shown the code around it writes that again."""
        around = self.statements or self.imports or self.neighbours or self.excerpts
        return self.header or self.lead or (self.comment if around else "")

    @property
    def indent(self) -> str:
        """The white space before the code in an answer that begins with what leads to it; else empty."""
        row = "" if self.header else self.lead.rpartition("\n")[2]
        return row[: len(row) - len(row.lstrip())]


@dataclass(frozen=True, slots=True)
class Plan:
    """One to six steps, each one line of text without its number.

    Attributes:
        draft: of a plan that says what a code does, that code; else empty.
        parts: the lines of the draft that belong to each step, as they stand in it; empty for a step that was changed.
        was: of a plan that was changed, the one that it was made from, with its code.
    """

    steps: tuple[str, ...]
    draft: str = field(default="", compare=False)
    parts: tuple[str, ...] = field(default=(), compare=False)
    was: Plan | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not 1 <= len(self.steps) <= MAX_STEPS:
            raise ValueError(f"a plan has 1 to {MAX_STEPS} steps, not {len(self.steps)}")
        if any(not step.strip() or "\n" in step for step in self.steps):
            raise ValueError("a step is one line of text")

    @property
    def is_drafted(self) -> bool:
        """Whether the draft is the code of this very plan, and not of one that was changed since."""
        return bool(self.draft) and len(self.parts) == len(self.steps) and all(self.parts)

    def numbered(self) -> str:
        """The steps as ``1. …`` lines."""
        return "\n".join(f"{n}. {step}" for n, step in enumerate(self.steps, start=1))


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the enhanced prompt.

    Attributes:
        text: the text as it was put into the prompt.
        tokens: its length in tokens of the model that reads it.
        trimmed: how many tokens were cut away to keep the budget.
    """

    name: SectionName
    text: str
    tokens: int
    trimmed: int = 0

    @property
    def cut(self) -> Message:
        """What is missing of it, and what to do about that."""
        return Message(_CUT[self.name], tokens=self.trimmed)


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is sent: a system and a user message, and the sections the latter is made of.

    Attributes:
        turns: what was asked and answered before, oldest first.
        begun: how the model's answer begins; it goes on from there. Empty when it begins by itself.
        tools: what the model may call.
        exchanges: what it has called before its answers, in their order.
        secrets: how many keys, tokens and passwords were taken out, because it is sent to another machine's model.
        is_change: it shows the code of a plan and asks for what was changed in that plan.
    """

    system: str
    user: str
    sections: tuple[Section, ...] = ()
    turns: tuple[tuple[str, str], ...] = ()
    begun: str = ""
    secrets: int = 0
    tools: tuple[Tool, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    is_change: bool = False

    @property
    def text(self) -> str:
        """All messages, for a person to read or to copy."""
        said = [self.system, *(text for turn in self.turns for text in turn), self.user, self.begun]
        said += [text for tool in self.tools for text in (tool.name, tool.about, tool.schema)]
        for one in self.exchanges:
            said += [one.said, *(text for call in one.calls for text in (call.name, call.arguments)), *one.results]
        return "\n\n".join(text for text in said if text)

    @property
    def notices(self) -> tuple[Message, ...]:
        """What was cut or taken out; empty when nothing was."""
        cut = tuple(section.cut for section in self.sections if section.trimmed)
        return (*cut, Message("prompt-secrets-out", count=self.secrets)) if self.secrets else cut


@dataclass(frozen=True, slots=True)
class Generation:
    """Code out of its fence, not yet indented; ``raw`` is what the model of that name wrote after what was begun."""

    code: str
    raw: str
    model: str
    is_cut: bool = False  # the token limit ended the answer within the code


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything one run of the pipeline made; what its goal did not need is None or empty.

    Attributes:
        examples, example: what was retrieved, best first; the one that was close enough to be used.
        declarations: what the opened folders declare and the prompt shows.
        planner: the name of the model that wrote the plan; empty when the user did.
        seconds: how long each stage took.
    """

    task: Task
    examples: tuple[Example, ...] = ()
    example: Example | None = None
    declarations: tuple[Declaration, ...] = ()
    plan: Plan | None = None
    planner: str = ""
    prompt: Prompt | None = None
    generation: Generation | None = None
    notices: tuple[Message, ...] = ()
    seconds: dict[StageName, float] = field(default_factory=dict)


Event = Stage | Text | CodeSoFar | Notice | Outcome
