"""The header of the function that a request shows by examples, as in ``initials("Ada Lovelace") -> "AL"``.

Its parameters are named after their kinds, and its result has the type that all the examples have in common.
"""

from __future__ import annotations

import ast
import re
from dataclasses import replace

from planfirst.source.announced import bound_in, calls
from planfirst.source.examples import calls_of, checks_in, wanted_name
from planfirst.source.languages import Language
from planfirst.source.parameter_names import called_with
from planfirst.source.result_type import result_type

_MOST = 400  # characters of a request that are looked at
_RESULT = re.compile(r"\s*(?:->|=>|==|→|gives\b|returns\b|is\b)\s*\S")
_NOTHING = re.compile(r"\A\s*->\s*None\b(?!\s*\|)")  # the result of this call, and not the type of all results


def shown_header(request: str, language: Language, file: str = "", in_class: bool = False) -> str:
    """The header as the first line of the code, flush left; empty where no example shows one.

    Args:
        file: what stands for something in it already is no function to be written.
        in_class: what is written becomes a member of a class.
    """
    taken = bound_in(file)
    if language.id == "python" and not in_class and (made := _of_checks(request, taken)):
        return made
    for call in calls(request[:_MOST]):
        parameters = _parameters(call.arguments) if call.name not in taken and _RESULT.match(call.after) else None
        call = replace(call, after=_NOTHING.sub("", call.after))
        if parameters is not None and (made := call.header(parameters, language, in_class)):
            return made
    return ""


def with_result(header: str, request: str) -> str:
    """A Python header with the type of its result, if it has none and the examples show one."""
    name = header.removeprefix("async ").removeprefix("def ").partition("(")[0]
    kind = result_type(checks_in(request).checks, name) if header.endswith("):") else ""
    return f"{header[:-1]} -> {kind}:" if kind else header


def _of_checks(request: str, taken: set[str]) -> str:
    """The header of the function that the examples are about, in whichever form they stand."""
    checks = checks_in(request).checks
    name = wanted_name(checks)
    if not name or name in taken or name[0].isupper():
        return ""
    made = [call for check in checks for called, call in calls_of(check) if called == name]
    given = [parameters for call in made if (parameters := called_with(call)) is not None]
    return f"def {name}({max(given, key=len)}):" if given and len(given) == len(made) else ""


def _parameters(arguments: str) -> str | None:
    """The parameters of a call with literals; None where it is none."""
    try:
        call = ast.parse(f"f({arguments})", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    assert isinstance(call, ast.Call)  # nothing else reads so
    return called_with(call)
