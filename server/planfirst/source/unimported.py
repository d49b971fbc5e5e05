"""Standard library imports that generated Python code needs and does not have.

An answer that is begun with a stub has no place left for imports, and small models forget them anyway. What is added
is certain: the name is bound nowhere, and stands for one thing in the standard library.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator

from planfirst.source.python import parses

# Modules that are also usual names of variables or of other packages' modules are left out.
_UNCLEAR = {"code", "copyright", "credits", "platform", "select", "parser", "test", "token", "types", "site", "this"}
_MODULES = sys.stdlib_module_names - _UNCLEAR
_NAMES: dict[str, tuple[str, ...]] = {
    "abc": ("ABC", "abstractmethod"),
    "collections": ("ChainMap", "Counter", "OrderedDict", "defaultdict", "deque", "namedtuple"),
    "contextlib": ("closing", "contextmanager", "suppress"),
    "dataclasses": ("asdict", "dataclass"),
    "datetime": ("date", "datetime", "timedelta", "timezone"),
    "decimal": ("Decimal",),
    "enum": ("Enum", "IntEnum"),
    "fractions": ("Fraction",),
    "functools": ("cached_property", "cmp_to_key", "lru_cache", "partial", "reduce", "wraps"),
    "heapq": ("heapify", "heappop", "heappush", "nlargest", "nsmallest"),
    "io": ("BytesIO", "StringIO"),
    "itertools": (
        "accumulate",
        "combinations",
        "cycle",
        "groupby",
        "islice",
        "pairwise",
        "permutations",
        "product",
        "starmap",
        "takewhile",
        "zip_longest",
    ),
    "math": ("ceil", "comb", "factorial", "floor", "gcd", "inf", "isclose", "lcm", "sqrt"),
    "pathlib": ("Path",),
    "typing": (
        "Any",
        "Callable",
        "Dict",
        "Generator",
        "Generic",
        "Iterable",
        "Iterator",
        "List",
        "Literal",
        "NamedTuple",
        "Optional",
        "Sequence",
        "Set",
        "Tuple",
        "TypeVar",
        "Union",
    ),
    "urllib.parse": ("parse_qs", "quote", "urlencode", "urljoin", "urlparse", "urlsplit"),
    "uuid": ("uuid4",),
}
_HOME = {name: module for module, names in _NAMES.items() for name in names}


def unimported(text: str, code: str) -> list[str]:
    """Import statements for what the code uses and neither it nor the file binds; sorted, and empty where unsure.

    Args:
        text: the file that the code is for.
        code: flush left.
    """
    file, tree = parses(text), parses(code)
    if file is None or tree is None:
        return []
    known = {*_bound(file), *_bound(tree), *dir(builtins)}
    if "*" in known:
        return []  # who knows what that brings
    wanted: set[str] = set()
    owners = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in known:
            is_owner = id(node) in owners
            if node.id in _HOME and not (is_owner and node.id == "datetime" and _is_module(tree)):
                wanted.add(f"from {_HOME[node.id]} import {node.id}")
            elif is_owner and node.id in _MODULES:
                wanted.add(f"import {node.id}")
    return sorted(wanted)


def _is_module(tree: ast.Module) -> bool:
    """Whether ``datetime`` is used as the module of that name, by ``datetime.datetime`` and the like."""
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "datetime"
        and node.attr in ("datetime", "timedelta", "date", "timezone", "time")
        and not (node.attr in ("date", "time") and _is_called_on_nothing(tree, node))
        for node in ast.walk(tree)
    )


def _is_called_on_nothing(tree: ast.Module, owner: ast.Attribute) -> bool:
    return any(isinstance(node, ast.Call) and node.func is owner and not node.args for node in ast.walk(tree))


def _bound(tree: ast.Module) -> Iterator[str]:
    """Every name that is bound anywhere in a tree; ``*`` for an import of all."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(ctx=ast.Store() | ast.Del()):
                yield node.id
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.arg():
                yield node.arg
            case ast.alias():
                yield node.asname or node.name.partition(".")[0]
            case ast.ExceptHandler(name=str(name)):
                yield name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case ast.MatchMapping(rest=str(name)):
                yield name
