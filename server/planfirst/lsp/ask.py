"""What a custom request or a command asks for, and how its JSON is checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast, get_args

from planfirst.core.errors import BadRequest
from planfirst.core.types import MAX_STEPS, Plan, SectionName

_LONGEST_REQUEST = 20_000  # characters


@dataclass(frozen=True, slots=True)
class Ask:
    """What a custom request or a command asks for; lines are zero-based and inclusive.

    Attributes:
        version: the document version that the client saw, if it sent one.
        plan: a plan to use instead of making one.
        code: for ``planfirst/place``, the code to put there.
        attempt: 0 for the first; a later one asks the generator for something else.
        fresh: make a new plan even though one is known.
        leave_out: sections that the enhanced prompt goes without.
        trusted: whether the editor trusts the workspace; without that nothing is run.
        may_run: whether the user has allowed that generated code is run in a sandbox.
        rewrite: whether to rewrite the code directly below the comment, instead of adding code between the two; None
            to go by what the comment says.
        edits: whether to tell, while code is written, where its lines would go.
        request: what is asked, where it does not stand in the document; it counts as a comment below the last line.
    """

    uri: str
    first: int
    last: int
    version: int | None = None
    plan: Plan | None = None
    fresh: bool = False
    leave_out: frozenset[SectionName] = frozenset()
    partial_token: str | int | None = None
    work_token: str | int | None = None
    code: str | None = None
    attempt: int = 0
    trusted: bool = False
    may_run: bool = False
    rewrite: bool | None = None
    edits: bool = False
    request: str | None = None


def parse_ask(params: object) -> Ask:
    """Checks the parameters of a custom request.

    Raises:
        BadRequest: they do not have the right shape.
    """
    if not isinstance(params, Mapping):
        raise malformed("parameters must be an object")
    document = params.get("textDocument")
    source = document if isinstance(document, Mapping) else params
    uri, version = source.get("uri"), source.get("version")
    if not isinstance(uri, str) or not uri:
        raise malformed("textDocument.uri must be a text")
    if version is not None and type(version) is not int:
        raise malformed("textDocument.version must be a whole number")
    first, last = _lines(params.get("range"))
    return Ask(
        uri,
        first,
        last,
        version=version,
        plan=_plan(params.get("plan")),
        fresh=params.get("fresh") is True,
        leave_out=_leave_out(params.get("leaveOut")),
        partial_token=_token(params.get("partialResultToken")),
        work_token=_token(params.get("workDoneToken")),
        code=_code(params.get("code")),
        attempt=_attempt(params.get("attempt")),
        trusted=params.get("trusted") is True,
        may_run=params.get("mayRun") is True,
        rewrite=rewrite if isinstance(rewrite := params.get("rewrite"), bool) else None,
        edits=params.get("edits") is True,
        request=_request(params.get("request")),
    )


def _lines(value: object) -> tuple[int, int]:
    try:
        range_ = cast(Any, value)
        start, end = range_["start"], range_["end"]
        first, last, column = start["line"], end["line"], end.get("character", 0)
        if not all(type(number) is int and number >= 0 for number in (first, last, column)):
            raise TypeError
    except (TypeError, KeyError, AttributeError):
        raise malformed("range must have start.line and end.line, whole numbers from 0") from None
    if last > first and column == 0:  # a selection of whole lines ends at the beginning of the next one
        last -= 1
    return first, max(first, last)


def _plan(value: object) -> Plan | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(step, str) and step.strip() for step in value):
        raise malformed("plan must be a list of texts")
    if not 1 <= len(value) <= MAX_STEPS:
        raise BadRequest("plan-length", most=MAX_STEPS, steps=len(value))
    return Plan(tuple(" ".join(step.split()) for step in value))


def _leave_out(value: object) -> frozenset[SectionName]:
    known = get_args(SectionName)
    if value is None:
        return frozenset()
    if not isinstance(value, list) or any(name not in known for name in value):
        raise malformed(f"leaveOut must be a list of {', '.join(known)}")
    return frozenset(value)


def _code(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise malformed("code must be a text")
    return value


def _attempt(value: object) -> int:
    if value is None:
        return 0
    if type(value) is not int or not 0 <= value < 2**31:
        raise malformed("attempt must be a whole number from 0")
    return value


def _request(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise malformed("request must be a text")
    if not value.strip():
        raise BadRequest("request-empty")
    if len(value) > _LONGEST_REQUEST:
        raise BadRequest("chat-message-long", characters=len(value), most=_LONGEST_REQUEST)
    return value.encode("utf-8", "replace").decode("utf-8")


def _token(value: object) -> str | int | None:
    return value if isinstance(value, str | int) else None


def malformed(problem: str) -> BadRequest:
    """The refusal of parameters; ``problem`` says in English which of them are wrong."""
    return BadRequest("request-malformed", problem=problem)
