"""Custom requests and their shapes, in one place. The VS Code client mirrors this file.

``planfirst/plan``, ``planfirst/prompt`` and ``planfirst/generate`` take `ask.Ask` and answer `Answer`. While they work
they send ``$/progress`` with the partial-result token: `StageEvent`, `TextEvent`, `NoticeEvent`, where ``edits`` is set
`EditEvent`, and while code is tried and checked, `AttemptEvent`. Cancelling the request stops the model, and a check
that is being run.

Code is run only where ``trusted`` says that the editor trusts the workspace, and either ``mayRun`` or the setting
``verify.run`` that the user has allowed it. Where a check is not run for want of leave, `WireVerdict.needs` says so;
the client then asks once, and may send the request again.

``planfirst/site`` takes `ask.Ask` and answers `WireSite` or null; ``planfirst/place`` takes it with ``code`` or
``plan`` and answers `Placed`. Neither asks a model. A ``request`` that stands nowhere in the document, such as one that
was typed in a chat, counts as a comment below the range; there is no edit for it before ``planfirst/place``, whose edit
puts the comment in, too. ``planfirst/speed`` takes nothing, lets the generator write a
little and answers `Speed`.

``planfirst/chat`` takes `chat_ask.ChatAsk` and answers `ChatAnswer`; while the model writes it sends `TextEvent` and
`NoticeEvent`. Cancelling it stops the model. ``planfirst/models`` takes nothing and answers the list of `ChatModel`
that can hold a conversation, the one in use first. ``planfirst/count`` takes ``model`` and ``texts`` and answers
`Counted`.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from planfirst.core.types import Goal

OUR_CLIENT = "planfirst-vscode"
"""The value of ``client`` in initializationOptions by which our own extension announces itself."""

METHODS: dict[Goal, str] = {
    "plan": "planfirst/plan",
    "prompt": "planfirst/prompt",
    "generate": "planfirst/generate",
}

QUERIES: dict[Literal["site", "place", "speed", "chat", "models", "count"], str] = {
    "site": "planfirst/site",
    "place": "planfirst/place",
    "speed": "planfirst/speed",
    "chat": "planfirst/chat",
    "models": "planfirst/models",
    "count": "planfirst/count",
}

STORE_CODES = (
    "store-missing",
    "store-empty",
    "store-refused",
    "store-of-another-model",
    "example-none-in-store",
)
"""The codes of notices that building the store of examples helps against."""

QUIET_CODES = (
    "example-not-close",
    "example-other-language",
    "prompt-context-cut",
    "prompt-declarations-cut",
    "prompt-rules-cut",
)
"""The codes of notices that come with most requests. They go to the log; plan, prompt and preview show the same."""


class WireLocation(TypedDict):
    """The argument of every command: which lines of which document, and whether the code below is to be rewritten."""

    uri: str
    version: int | None
    range: dict[str, dict[str, int]]
    rewrite: NotRequired[bool]


class StageEvent(TypedDict):
    """A stage began, or ended after so many milliseconds."""

    kind: Literal["stage"]
    stage: str
    ms: NotRequired[float]


class TextEvent(TypedDict):
    """Text that a model has just written."""

    kind: Literal["text"]
    stage: str
    text: str


class WireNotice(TypedDict):
    """Something the user should know.

    ``code`` says which message it is, of one that passes an error on, the error's; buttons go by it, never by ``text``.
    """

    code: str
    text: str


class NoticeEvent(TypedDict):
    """A notice, as soon as it is known."""

    kind: Literal["notice"]
    notice: WireNotice


class EditEvent(TypedDict):
    """A WorkspaceEdit that would put the code so far into the document as it was when it was asked for.

    It comes with the lines of the code, where the document would not be broken by what there is of it.
    """

    kind: Literal["edit"]
    edit: Any


class AttemptEvent(TypedDict):
    """An attempt is being written or checked, or has failed; what is left of the budget when it began.

    ``how`` it differs from the first; ``output`` is what the failing check gave.
    """

    kind: Literal["attempt"]
    doing: Literal["write", "check", "failed"]
    number: int
    of: int
    how: str
    output: str
    secondsLeft: float
    tokensLeft: int


class WireVerdict(TypedDict):
    """Whether the code does what it should, as far as was found out.

    ``passed`` is only what was run and held; ``read`` is code that was read and not run, without a fault being found.
    ``check`` is what was checked, or the check that failed; ``output`` what it gave, or why nothing was run. ``held``
    examples and tests held ``of`` so many. ``ran`` is false when the code was only read. ``placed`` is false when the
    code cannot be put into the file, and ``output`` says why; there is no edit then. ``needs`` is what it would
    take to run the checks: ``permission``, ``trust``, ``sandbox``, or nothing. ``how`` the code was made, in words,
    when it is not the first of the ``attempts``: for example ``without the plan``.
    """

    status: Literal["passed", "read", "failed", "not checked"]
    check: str
    output: str
    held: int
    of: int
    ran: bool
    placed: bool
    needs: str
    attempts: int
    how: str


class WireExample(TypedDict):
    """A similar question. ``match`` is the score in a word: ``close match``, ``related`` or ``none``; ``used`` tells
    whether it went into the prompt."""

    question: str
    code: str
    score: float
    match: str
    source: str
    licence: str
    place: str
    used: bool


class WireSection(TypedDict):
    """A section of the enhanced prompt."""

    name: str
    text: str
    tokens: int
    trimmed: int


class WirePrompt(TypedDict):
    """The enhanced prompt, as it is sent to the generator."""

    system: str
    user: str
    sections: list[WireSection]


class Answer(TypedDict):
    """What a custom request answers.

    ``edit`` is a WorkspaceEdit that puts the code (after ``planfirst/plan``: the plan's comments) into the document;
    None when the document moved on meanwhile, and ``notices`` then says so. ``tokensPerSecond`` is how fast the last
    text was written, the reading of its prompt left out; 0 when none was, or when it was too short to tell.
    ``verdict`` is None where no code was asked for. ``parts`` are the lines of the code that belong to each step of the
    ``plan``: empty for a step whose lines are not known, and an empty list where none are.
    """

    request: str
    examples: list[WireExample]
    plan: list[str]
    parts: list[str]
    planner: str
    prompt: WirePrompt | None
    code: str
    model: str
    notices: list[WireNotice]
    timingsMs: dict[str, float]
    tokensPerSecond: float
    verdict: WireVerdict | None
    edit: Any


class WireKnown(TypedDict):
    """A plan that was made for a request.

    ``made`` is in seconds since 1970, ``planner`` empty if the user wrote it; with ``draft``, its code waits behind it.
    ``parts`` are as in `Answer`.
    """

    steps: list[str]
    parts: list[str]
    planner: str
    draft: bool
    made: float
    example: WireExample | None


class WireSite(TypedDict):
    """A request and its site; lines are zero-based and inclusive, ``plan`` is the one that stands in the file."""

    kind: str
    first: int
    last: int
    requestLast: int
    request: str
    plan: list[str] | None
    known: WireKnown | None


class Placed(TypedDict):
    """A WorkspaceEdit that puts code or a plan into the document as it is now.

    None if there is nothing to write, or if it may not be: ``refused`` says why, for example that the file would be
    broken. The code can then be shown and copied.
    """

    edit: Any
    notices: list[WireNotice]
    refused: str


class Speed(TypedDict):
    """How fast the generator writes, the reading of its prompt left out."""

    model: str
    tokens: int
    seconds: float


class ChatCall(TypedDict):
    """A call of a tool; ``input`` is an object."""

    id: str
    name: str
    input: Any


class ChatResult(TypedDict):
    """What the call of that id gave."""

    id: str
    text: str


class ChatTool(TypedDict):
    """A tool that may be called; ``schema`` is the JSON Schema of its input."""

    name: str
    about: str
    schema: Any


class ChatMessage(TypedDict):
    """A message of a conversation; the assistant's may have calls, and the user's next one their results."""

    role: Literal["user", "assistant"]
    text: str
    calls: NotRequired[list[ChatCall]]
    results: NotRequired[list[ChatResult]]


class ChatFile(TypedDict):
    """Code that goes along with the last message; ``name`` is how you know it, ``language`` the editor's id."""

    name: str
    language: str
    text: str


class ChatAnswer(TypedDict):
    """What ``planfirst/chat`` answers.

    ``text`` is all that the model wrote but for its ``calls`` of tools, ``sent`` the last message as the model read it,
    ``dropped`` how many turns at the beginning it did not read, since they do not fit; ``notices`` says so, too. Tokens
    are estimated for a server.
    """

    model: str
    text: str
    sent: str
    dropped: int
    promptTokens: int
    tokens: int
    calls: list[ChatCall]
    notices: list[WireNotice]


class ChatModel(TypedDict):
    """A model that can hold a conversation.

    ``id`` is what ``model`` is to be set to. ``promptTokens`` and ``answerTokens`` are the most that fit into its
    window. ``size`` is in bytes, 0 for a server's; ``licence`` is empty where it is not known. ``tools`` tells whether
    it can call tools.
    """

    id: str
    name: str
    inUse: bool
    isLocal: bool
    promptTokens: int
    answerTokens: int
    size: int
    licence: str
    tools: bool


class Counted(TypedDict):
    """The length of each text, in the model's tokens; of a server's model, an estimate."""

    tokens: list[int]
