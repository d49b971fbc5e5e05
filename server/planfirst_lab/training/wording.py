"""Says a request in other words, and measures how alike two texts are. Simple rules, made to vary, not to shine."""

from __future__ import annotations

import math
import random
import re
from collections import Counter

_LEADS = {
    "return": ("return", "get", "give", "find", "compute", "give back", "work out"),
    "get": ("get", "return", "fetch", "find", "look up"),
    "compute": ("compute", "calculate", "work out", "get", "find"),
    "calculate": ("calculate", "compute", "work out", "get"),
    "create": ("create", "make", "build", "construct"),
    "make": ("make", "create", "build"),
    "construct": ("construct", "build", "create", "make"),
    "check": ("check", "test", "find out", "see"),
    "convert": ("convert", "turn", "change", "transform"),
    "remove": ("remove", "delete", "drop", "strip"),
    "delete": ("delete", "remove", "drop"),
    "add": ("add", "append", "put in"),
    "set": ("set", "change", "update"),
    "write": ("write", "save", "store"),
    "read": ("read", "load", "get"),
    "load": ("load", "read"),
    "parse": ("parse", "read", "take apart"),
    "print": ("print", "show", "display"),
    "generate": ("generate", "make", "create", "produce"),
    "apply": ("apply", "use", "run"),
    "yield": ("yield", "iterate over", "produce", "give one by one"),
    "split": ("split", "cut", "divide"),
    "merge": ("merge", "combine", "join"),
    "iterate": ("iterate", "loop", "go"),
    "count": ("count", "find the number of times of", "count up"),
    "test": ("test", "check", "find out"),
    "determine": ("determine", "find out", "check"),
    "find": ("find", "look for", "search for", "locate"),
}
_PREFIXES = (
    "",
    "",
    "",
    "",
    "how to ",
    "function to ",
    "python ",
    "write a function to ",
    "how do I ",
    "I want to ",
    "a way to ",
)
_SWAPS = (
    ("the given ", ("the ", "a given ", "a ", "some ")),
    ("a list of ", ("the list of ", "a list with all ", "all ")),
    ("whether ", ("if ", "whether ")),
    (" array", (" array", " vector")),
    ("dictionary", ("dict", "dictionary", "mapping")),
    ("string", ("string", "text", "str")),
    ("integer", ("int", "integer", "whole number")),
    ("file name", ("filename", "file name")),
    ("all ", ("all ", "every one of ", "all the ")),
    ("specified ", ("given ", "specified ", "")),
    (" number of ", (" count of ", " number of ")),
)
_WORD = re.compile(r"[A-Za-z][a-z]+|[A-Z]+|\d+")


def imperative(question: str) -> str:
    """The question with its first word as a command: "Returns the sum" becomes "Return the sum"."""
    first, _, rest = question.partition(" ")
    low = first.lower()
    for ending in ("s", "es"):
        stem = low.removesuffix(ending)
        if stem != low and stem in _LEADS:
            return f"{stem.capitalize()} {rest}"
    return question


def reword(question: str, random_: random.Random) -> str:
    """The question in other words; sometimes the same ones."""
    text = imperative(question)
    first, _, rest = text.partition(" ")
    if (lead := _LEADS.get(first.lower())) and rest:
        text = f"{random_.choice(lead)} {rest}"
    elif first[1:].islower():
        text = first.lower() + text[len(first) :]
    for phrase, others in _SWAPS:
        if phrase in text and random_.random() < 0.6:
            text = text.replace(phrase, random_.choice(others), 1)
    if random_.random() < 0.2:
        text = re.sub(r"\b(the|a|an) ", "", text)
    if random_.random() < 0.15:
        head = re.split(r"[,;:(]| for | using ", text, maxsplit=1)[0].strip()
        text = head if len(head.split()) > 4 else text
    if lead:  # other questions do not follow on "how to"
        text = random_.choice(_PREFIXES) + text
    if random_.random() < 0.4:
        text = text[:1].upper() + text[1:]
    return text.strip() + random_.choice(("", "", "", "."))


def words(text: str) -> Counter[str]:
    """Lower-case words of a text or of code; ``snake_case`` and ``camelCase`` are taken apart."""
    return Counter(word.lower() for word in _WORD.findall(text))


def likeness(request: Counter[str], question: Counter[str], code: Counter[str]) -> float:
    """A stand-in for the embedding model's cosine between a request and an example (question and code).

    It is the cosine of word counts, weighted three to one in favour of the question, and moved into the range that
    the embedding model gives (unrelated about 0.1, the same words about 0.9).
    """
    cosine = 0.75 * _cosine(request, question) + 0.25 * _cosine(request, code)
    return min(0.97, 0.08 + 0.9 * cosine)


def _cosine(one: Counter[str], two: Counter[str]) -> float:
    length = math.sqrt(sum(n * n for n in one.values()) * sum(n * n for n in two.values()))
    return sum(n * two[word] for word, n in one.items()) / length if length else 0.0
