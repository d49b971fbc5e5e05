"""The commands within a conversation, each a line that begins with a slash."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path

from planfirst.chat.conversations import Listed
from planfirst.chat.export import as_json, as_markdown
from planfirst.chat.sampling import decoding_of
from planfirst.chat.tasks import AboutCode, fenced, last_code, message
from planfirst.chat.turns import Conversation
from planfirst.cli.chat.desk import Desk, show
from planfirst.cli.console import err, settings_data, tell
from planfirst.cli.plan_saving import saved
from planfirst.cli.workflows import source
from planfirst.core.begun import label
from planfirst.core.errors import BadRequest, BadSetting
from planfirst.core.regular_file import read_regular
from planfirst.core.types import Goal
from planfirst.models import installed
from planfirst.settings import ChatSettings
from planfirst.settings_reader import parse
from planfirst.source.languages import language_of
from planfirst.workflows.workflow import WorkflowName

_COMMAND = re.compile(r"/([a-z]+)(?:\s+|$)")
_NAMED = re.compile(r'"([^"]+)"|(\S+)')  # a file's name, with quotes where it has spaces
_LARGEST = 1 << 20  # bytes of a file
_LONGEST_EXCERPT = 400  # characters of an earlier answer


@dataclass(frozen=True, slots=True)
class Command:
    """A command: what stands behind its name, what it does, and how."""

    argument: str
    about: str
    do: Callable[[Desk, str], Awaitable[None]]


def command_of(line: str) -> tuple[str, str] | None:
    """The name and the argument of a command; None for a message, such as one that begins with a path."""
    found = _COMMAND.match(line)
    return (found[1], line[found.end() :].strip()) if found else None


async def run(desk: Desk, name: str, argument: str) -> None:
    """Does what a command says.

    Raises:
        BadRequest: there is no such command, or something is wrong with its argument.
    """
    command = COMMANDS.get(name)
    if command is None:
        raise BadRequest("chat-command-unknown", name=name)
    if command.argument and not command.argument.startswith("[") and not argument:
        raise BadRequest("chat-command-argument", usage=f"/{name} {command.argument}")
    await command.do(desk, argument)


async def _help(desk: Desk, argument: str) -> None:
    width = max(len(name) + len(command.argument) for name, command in COMMANDS.items()) + 3
    rows = [f"{f'/{name} {command.argument}':<{width}} {command.about}" for name, command in COMMANDS.items()]
    show(fenced("\n".join(rows), "text"))


async def _run(goal: Goal, desk: Desk, argument: str) -> None:
    await desk.run(goal, argument)


async def _ask_about(task: AboutCode, desk: Desk, argument: str) -> None:
    if argument:
        code, language = read(argument), label(language_of("", argument).id)
    else:
        found = last_code(desk.chat.turns)
        if found is None:
            raise BadRequest("chat-no-code")
        code, language = found
    await desk.answer(message(task, code, language, desk.chat.turns))


async def _work(name: WorkflowName, desk: Desk, argument: str) -> None:
    found = _NAMED.match(argument)
    assert found is not None  # there is an argument
    await desk.work(name, source(found[1] or found[2]), argument[found.end() :].strip())


async def _attach(desk: Desk, argument: str) -> None:
    code = read(argument)
    desk.attached.append(f"{argument}:\n{fenced(code, label(language_of('', argument).id))}")
    tell(f"{argument} goes with your next message.")


async def _model(desk: Desk, argument: str) -> None:
    if argument:
        await desk.use(argument)
    names = [model.name for model in installed()]
    show(f"Answers come from {desk.chat.writer.name}. Installed: {', '.join(names) or 'none'}.")


async def _system(desk: Desk, argument: str) -> None:
    if argument:
        desk.chat.tell(argument)
    show(desk.chat.system)


async def _set(desk: Desk, argument: str) -> None:
    name, _, value = argument.partition(" ")
    if name:
        given, problems = parse(settings_data([f"chat.{_camel(name)}={value.strip()}"]))
        if problems:
            raise BadSetting("setting-refused", problem=problems[0])
        option = next(option.name for option in fields(ChatSettings) if _camel(option.name) == _camel(name))
        desk.chat.settings = replace(desk.chat.settings, **{option: getattr(given.chat, option)})
    decoding = decoding_of(desk.chat.settings, desk.chat.writer.profile)
    names = [option.name for option in fields(ChatSettings) if option.name != "system"]
    show(fenced("\n".join(f"{_camel(one):<14} {getattr(decoding, one)}" for one in names), "text"))


async def _new(desk: Desk, argument: str) -> None:
    desk.chat.open(Conversation())
    desk.attached.clear()
    tell("This is a new conversation.")


async def _list(desk: Desk, argument: str) -> None:
    show(table(desk.chat.conversations.listed()))


async def _search(desk: Desk, argument: str) -> None:
    show(table(desk.chat.conversations.search(argument)))


async def _open(desk: Desk, argument: str) -> None:
    conversation = desk.chat.conversations.get(argument)
    desk.chat.open(conversation)
    tell(f"{conversation.id}: {conversation.title} ({len(conversation.turns)} turns). It ends with:")
    if conversation.turns:
        last = conversation.turns[-1]
        show(f"> {last.user[:_LONGEST_EXCERPT]}\n\n{last.assistant}")


async def _export(desk: Desk, argument: str) -> None:
    if not desk.chat.turns:
        raise BadRequest("chat-nothing-to-export")
    export(desk.chat.conversation, argument)
    tell(f"The conversation was written to {argument}.")


async def _delete(desk: Desk, argument: str) -> None:
    conversation = desk.chat.conversations.get(argument or desk.chat.conversation.id)
    if err.is_terminal and err.input(f"Delete {conversation.title!r} for good? [y/N] ", markup=False) not in ("y", "Y"):
        return
    desk.chat.conversations.delete(conversation.id)
    tell(f"{conversation.id} is deleted.")
    if conversation.id == desk.chat.conversation.id:
        await _new(desk, "")


async def _retry(desk: Desk, argument: str) -> None:
    await desk.answer_again()


async def _undo(desk: Desk, argument: str) -> None:
    turn, notice = desk.chat.undo()
    tell(notice or f"Taken back: {' '.join(turn.user.split())[:60]}")


async def _save(desk: Desk, argument: str) -> None:
    if desk.planned is None:
        raise BadRequest("chat-no-plan")
    path = saved(desk.planned, Path.cwd(), argument)
    tell(f"The plan is in {path}. Run it with `planfirst plans run`.")


async def _quit(desk: Desk, argument: str) -> None:
    raise EOFError


COMMANDS: dict[str, Command] = {
    "help": Command("", "show these lines", _help),
    "plan": Command("REQUEST", "search for a similar question, then write a plan", partial(_run, "plan")),
    "prompt": Command("REQUEST", "show the enhanced prompt", partial(_run, "prompt")),
    "generate": Command("REQUEST", "plan, then write the code", partial(_run, "generate")),
    "explain": Command("[PATH]", "explain the file, or the last code", partial(_ask_about, "explain")),
    "fix": Command("[PATH]", "find and fix mistakes in it", partial(_ask_about, "fix")),
    "tests": Command("[PATH]", "write tests for it", partial(_ask_about, "tests")),
    "summarise": Command(
        "PATH [WHAT]", "summarise a document; WHAT is what you want to know", partial(_work, "summarise")
    ),
    "analyse": Command("PATH QUESTION", "plan the analysis of a table, and write a program", partial(_work, "analyse")),
    "file": Command("PATH", "send a file along with your next message", _attach),
    "model": Command("[NAME]", "show the models, or switch to another one", _model),
    "system": Command("[TEXT]", "show or change what the model is told first", _system),
    "save": Command("[FILE]", "save the last plan as a file; its steps are about FILE", _save),
    "set": Command("[NAME VALUE]", "show or change how answers are sampled, for example temperature 0.2", _set),
    "retry": Command("", "get another answer to your last message", _retry),
    "undo": Command("", "take your last message and its answer back", _undo),
    "new": Command("", "begin a new conversation", _new),
    "list": Command("", "list your conversations", _list),
    "search": Command("WORDS", "search your conversations", _search),
    "open": Command("ID", "open one, and continue it", _open),
    "export": Command("PATH", "write this one to a new file, .md or .json", _export),
    "delete": Command("[ID]", "delete one for good, this one without an id", _delete),
    "quit": Command("", "leave; so does Ctrl-D", _quit),
}


def table(listed: list[Listed]) -> str:
    """Conversations, a line each."""
    if not listed:
        return "There are none."
    rows = [f"{one.id}  {one.changed[:16].replace('T', ' ')}  {one.title}{_found(one)}" for one in listed]
    return fenced("\n".join(rows), "text")


def export(conversation: Conversation, name: str) -> None:
    """Writes a conversation to a file that is not there yet.

    Raises:
        BadRequest: it is there, or cannot be written.
    """
    text = as_json(conversation) if name.endswith(".json") else as_markdown(conversation)
    try:
        path = Path(name).expanduser()
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError as error:
        raise BadRequest("file-is-there", file=name) from error
    except (OSError, ValueError, RuntimeError) as error:
        raise BadRequest("file-unwritten", file=name, reason=getattr(error, "strerror", None) or error) from error


def read(name: str) -> str:
    """The text of a file.

    Raises:
        BadRequest: it is not there, too large, or no text.
    """
    try:
        path = Path(name).expanduser()
        if path.stat().st_size > _LARGEST:
            raise BadRequest("agent-file-large", file=name, most=_LARGEST >> 20)
        return read_regular(path, _LARGEST).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRequest("file-not-utf8", file=name) from error
    except (OSError, ValueError, RuntimeError) as error:
        raise BadRequest("file-unreadable", file=name, reason=getattr(error, "strerror", None) or error) from error


def _found(one: Listed) -> str:
    return f"\n          {one.found}" if one.found else ""


def _camel(name: str) -> str:
    head, *tail = name.strip().split("_")
    return head + "".join(part.title() for part in tail)
