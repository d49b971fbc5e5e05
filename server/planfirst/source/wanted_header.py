"""The header that an answer begins with: announced in the request, called for by the file, or shown by examples."""

from __future__ import annotations

from planfirst.source.announced import announced
from planfirst.source.languages import Language
from planfirst.source.shown_header import shown_header, with_result


def wanted_header(
    request: str, language: Language, file: str = "", in_class: bool = False, called_for: str = ""
) -> str:
    """The header as the first line of the code, flush left; empty where nothing asks for one.

    Args:
        file: what stands for something in it already is no function to be written.
        in_class: what is written becomes a member of a class.
        called_for: the header that the file itself asks for; its parameters have better names than those of examples.
    """
    header = announced(request, language, file, in_class) or called_for
    header = header or shown_header(request, language, file, in_class)
    return with_result(header, request) if language.id == "python" else header
