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
_NAMES = {
    "abc": "ABC abstractmethod",
    "bisect": "bisect_left bisect_right insort",
    "collections": "ChainMap Counter defaultdict deque namedtuple OrderedDict",
    "concurrent.futures": "as_completed ProcessPoolExecutor ThreadPoolExecutor",
    "contextlib": "asynccontextmanager closing contextmanager ExitStack redirect_stdout suppress",
    "copy": "deepcopy",
    "csv": "DictReader DictWriter",
    "dataclasses": "asdict dataclass",
    "datetime": "date datetime timedelta timezone",
    "decimal": (
        "Decimal InvalidOperation ROUND_CEILING ROUND_DOWN ROUND_FLOOR ROUND_HALF_DOWN ROUND_HALF_EVEN "
        "ROUND_HALF_UP ROUND_UP"
    ),
    "difflib": "get_close_matches SequenceMatcher",
    "enum": "Enum IntEnum StrEnum",
    "fractions": "Fraction",
    "functools": "cached_property cmp_to_key lru_cache partial reduce singledispatch total_ordering wraps",
    "hashlib": "md5 sha1 sha256 sha512",
    "heapq": "heapify heappop heappush nlargest nsmallest",
    "http": "HTTPStatus",
    "inspect": "isclass isfunction signature",
    "io": "BytesIO StringIO",
    "itertools": (
        "accumulate combinations combinations_with_replacement cycle dropwhile filterfalse groupby islice "
        "pairwise permutations product starmap takewhile zip_longest"
    ),
    "json": "JSONDecodeError",
    "math": "ceil comb factorial floor gcd hypot inf isclose isnan lcm log10 log2 pi sqrt",
    "operator": "attrgetter itemgetter",
    "pathlib": "Path PurePath PurePosixPath",
    "random": "randint",
    "string": "ascii_letters ascii_lowercase ascii_uppercase",
    "tempfile": "mkdtemp NamedTemporaryFile TemporaryDirectory",
    "textwrap": "dedent",
    "threading": "Thread",
    "time": "monotonic perf_counter",
    "types": "MappingProxyType SimpleNamespace",
    "typing": (
        "Any AsyncIterator Awaitable Callable ClassVar DefaultDict Deque Dict Final FrozenSet Generator "
        "Generic Iterable Iterator List Literal Mapping MutableMapping NamedTuple Optional Protocol "
        "Sequence Set TextIO Tuple Type TypedDict TypeVar Union"
    ),
    "urllib.parse": "parse_qs parse_qsl quote unquote urlencode urljoin urlparse urlsplit urlunsplit",
    "uuid": "uuid4",
    "zoneinfo": "ZoneInfo",
}
_HOME = {name: module for module, names in _NAMES.items() for name in names.split()}
# Names that mean other things, too: they count where the file or the code takes something else from that module.
_BESIDE = {
    "dataclasses": "field fields replace",
    "datetime": "time",
    "html": "escape unescape",
    "itertools": "chain count repeat tee",
    "json": "dump dumps load loads",
    "math": "cos e exp fabs log pow prod radians sin tan tau trunc",
    "os": "environ getcwd getenv listdir makedirs remove",
    "os.path": "basename dirname exists isdir isfile join splitext",
    "random": "choice choices random sample seed shuffle uniform",
    "re": "findall finditer fullmatch match search sub",
    "shutil": "copy copyfile move rmtree which",
    "statistics": "fmean mean median mode pstdev stdev variance",
    "subprocess": "CalledProcessError Popen check_output run",
    "threading": "Event Lock RLock",
    "time": "sleep strftime time",
}


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
    homes = {**_beside(file, tree), **_HOME}
    wanted: set[str] = set()
    owners = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in known:
            is_owner = id(node) in owners
            if node.id in homes and not (is_owner and node.id == "datetime" and _is_module(tree)):
                wanted.add(f"from {homes[node.id]} import {node.id}")
            elif is_owner and node.id in _MODULES:
                wanted.add(f"import {node.id}")
    return sorted(wanted)


def _beside(*trees: ast.Module) -> dict[str, str]:
    """The module of each name that stands beside one that is imported at the top."""
    modules = [node.module for tree in trees for node in tree.body if isinstance(node, ast.ImportFrom)]
    return {name: module for module in modules if module for name in _BESIDE.get(module, "").split()}


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
