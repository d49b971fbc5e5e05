"""The tools on the Model Context Protocol, with its official SDK (the extra ``mcp``), which only this module knows."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from io import TextIOWrapper
from itertools import count
from pathlib import Path
from typing import Annotated, Any, TypeVar

import anyio
from anyio import CancelScope
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.stdio import stdio_server
from mcp.shared.message import SessionMessage
from mcp_types import ErrorData, JSONRPCError, ToolAnnotations
from pydantic import Field

from planfirst import __version__
from planfirst.build import Engine
from planfirst.core.errors import PlanfirstError
from planfirst.mcp_server.answers import EnhancedPrompt, Examples, Generated, Verified, WrittenPlan
from planfirst.mcp_server.progress import Report
from planfirst.mcp_server.tools import MOST_EXAMPLES, Tools
from planfirst.mcp_server.wire import refused
from planfirst.settings import Settings

_INSTRUCTIONS = (
    "Planfirst works offline, with a small local model and a store of questions with code: recipes, the standard "
    "library, and the user's own functions. Search the examples before you write code that the user may have already, "
    "and follow their names. Make a plan before a change of more than a few lines. The prompt and the examples are of "
    "use to you whichever model you are; code of the small model is a draft, so read its verdict. No tool writes a "
    "file: apply the diff yourself. Put examples such as `double(2) -> 4` into a request, so that code can be checked."
)
_INVALID = ErrorData(code=-32600, message="This is no request of JSON-RPC 2.0.")
_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)

Answer = TypeVar("Answer")
Call = Context[Tools, Any]
Request = Annotated[str, Field(description="What the code should do, in plain words, best with an example.")]
OptionalRequest = Annotated[
    str,
    Field(
        description="What the code should do, in plain words, best with an example such as `double(2) -> 4`. With file "
        "and line it may be empty: then the words that stand there are the request."
    ),
]
File = Annotated[str, Field(description="A source file below the folder that is served. Give it together with line.")]
Line = Annotated[
    int | None,
    Field(description="The line, from 1, of a comment, or of a function with nothing but a docstring, in that file."),
]


def create_server(
    settings: Settings, folder: Path | None, may_run: bool, search_in: Sequence[Path] = ()
) -> MCPServer[Tools]:
    """A server that has not started; its child processes start when they are first needed, and end with it.

    Args:
        folder: absolute, without links; files below it may be named. None for none.
        may_run: whether the user allows that code is run in a sandbox.
        search_in: folders whose code is searched besides the store, where it has been read.
    """

    @asynccontextmanager
    async def lifespan(_: MCPServer[Tools]) -> AsyncIterator[Tools]:
        engine = Engine(settings)
        engine.search_in(search_in)
        try:
            yield Tools(engine, folder, may_run)
        finally:
            with CancelScope(shield=True):  # also when the client hung up in the middle of an answer
                await engine.close()

    server = _Server("planfirst", title="Planfirst", version=__version__, instructions=_INSTRUCTIONS, lifespan=lifespan)
    for tool in (search_examples, make_plan, enhanced_prompt, generate, verify_code):
        server.add_tool(tool, annotations=_READS, structured_output=True)
    return server


@asynccontextmanager
async def _standard_streams() -> AsyncIterator[tuple[Any, Any]]:
    """The streams that the SDK's server reads and writes."""
    lines = _Lines()
    async with stdio_server(stdin=lines) as (reading, writing):  # type: ignore[arg-type]

        async def refuse(number: str | int) -> None:
            await writing.send(SessionMessage(JSONRPCError(jsonrpc="2.0", id=number, error=_INVALID)))

        lines.refuse = refuse
        yield reading, writing


class _Lines:
    """The lines of standard input, without those that are refused. Child processes read none of them."""

    refuse: Callable[[str | int], Awaitable[None]]

    def __init__(self) -> None:
        own = os.dup(0)
        empty = os.open(os.devnull, os.O_RDONLY)
        os.dup2(empty, 0)
        os.close(empty)
        # closefd=False: a thread may wait in it when the server ends
        wire = os.fdopen(own, "rb", closefd=False)
        self._file = anyio.wrap_file(TextIOWrapper(wire, encoding="utf-8", errors="replace"))

    async def __aiter__(self) -> AsyncIterator[str]:
        """Reads them."""
        async for line in self._file:
            number = refused(line)
            if number is None:
                yield line
            else:
                await self.refuse(number)


class _Server(MCPServer[Tools]):
    """Reads and writes by way of `_standard_streams`."""

    async def run_stdio_async(self) -> None:
        """Serves until the client goes away."""
        async with _standard_streams() as (reading, writing):
            options = self._lowlevel_server.create_initialization_options()
            await self._lowlevel_server.run(reading, writing, options)


async def search_examples(
    context: Call,
    request: Request,
    count: Annotated[int, Field(ge=1, le=MOST_EXAMPLES, description="How many at most.")] = 5,
    language: Annotated[
        str, Field(description="Only examples in this language, such as python or typescript; empty for any.")
    ] = "",
) -> Examples:
    """Find similar questions with working code, by meaning and shared words, in the user's store: recipes, the standard
    library, and the user's own functions. Each has its score, source, licence and place. Takes a second; no model runs.
    """
    return await _answered(context, lambda tools, report: tools.search_examples(request, count, language, report))


async def make_plan(context: Call, request: OptionalRequest = "", file: File = "", line: Line = None) -> WrittenPlan:
    """Write one to six steps for a request with the user's local model, after the most similar example."""
    return await _answered(context, lambda tools, report: tools.make_plan(request, file, line, report))


async def enhanced_prompt(
    context: Call, request: OptionalRequest = "", file: File = "", line: Line = None
) -> EnhancedPrompt:
    """Put together what a model should be sent for a request: the request, the code around it and the most similar
    example, each within its token budget. Use it with any model.
    """
    return await _answered(context, lambda tools, report: tools.enhanced_prompt(request, file, line, report))


async def generate(
    context: Call,
    request: OptionalRequest = "",
    file: File = "",
    line: Line = None,
    run: Annotated[
        bool,
        Field(
            description="Run the code in a sandbox against the examples in the request and the tests that name the "
            "function. It takes the user's leave (--may-run); without that the code is only read."
        ),
    ] = False,
) -> Generated:
    """Write code for a request with the user's local model, and check it. With file and line, the answer has a unified
    diff that puts it there. Nothing is written to disk. Takes from seconds to a minute.
    """
    return await _answered(context, lambda tools, report: tools.generate(request, file, line, run, report))


async def verify_code(
    context: Call,
    code: Annotated[str, Field(description="Python code, as it would stand in a file, without a fence.")],
    request: Annotated[
        str,
        Field(
            description="What the code should do, with its examples: doctests (`>>> double(2)`), `double(2) -> 4`, or "
            "assert statements."
        ),
    ],
) -> Verified:
    """Check Python code, whoever wrote it, against the examples in a request. It is run in a sandbox if the user allows
    that (--may-run); else it is only read, and the answer says so.
    """
    return await _answered(context, lambda tools, report: tools.verify_code(code, request, report))


async def _answered(context: Call, work: Callable[[Tools, Report], Coroutine[Any, Any, Answer]]) -> Answer:
    """What the work answers; its errors become tool errors.

    The work is a task of its own. A cancelled scope of the SDK's interrupts every await in it, again and again, and so
    would keep the work from ending its model and its sandbox in good order; a task is cancelled once.

    Raises:
        ToolError: the work cannot be done; its text says what happened and what to do.
    """
    numbers = count(1)

    async def report(text: str) -> None:
        await context.report_progress(next(numbers), message=text)

    task = asyncio.create_task(work(context.request_context.lifespan_context, report))
    try:
        await asyncio.wait([task])
    except asyncio.CancelledError:
        task.cancel()
        with CancelScope(shield=True):
            await asyncio.wait([task])
        if not task.cancelled():
            task.exception()  # nobody waits for it any more
        raise
    try:
        return task.result()
    except PlanfirstError as error:
        raise ToolError(str(error)) from error
