"""What must hold for any file: nothing is lost, and what parsed still parses."""

from __future__ import annotations

import ast
import textwrap

from hypothesis import given
from hypothesis import strategies as st

from planfirst.core.types import Plan
from planfirst.source import lines
from planfirst.source.edits import apply
from planfirst.source.languages import language_of
from planfirst.source.locate import locate
from planfirst.source.place import place_code
from planfirst.source.placement import place_plan
from planfirst.source.site import Site

PYTHON = language_of("python")
_SNIPPETS = st.sampled_from(
    [
        "x = 1",
        "import csv\nrows = list(csv.reader(file))",
        "from __future__ import annotations\nfrom a import b, c as d\nimport os.path\nprint(os.path.join(b, d))",
        "def g(a):\n    '''Doc.\n\n    More.\n    '''\n    return '''\n  x\n'''",
        "class B:\n    y = math.pi\n\n    def h(self):\n        if self:\n            return 1\n",
        "def f(a, b):\n    # why\n    return a\n\nprint(f(1, 2))",
        "for i in range(3):\n  if i:\n    print(i,\n          end='')\n\n  else: pass",
        "s = f'''{x}\n\t{y}'''\n\nt = 'a\\\nb'",
        "from m import *",
        "return x",
    ]
)
# what a comment or a stub can stand in; @ is the place of the comment
_FRAMES = st.sampled_from(
    [
        "@\n",
        "import os\n\n@\nx = 1\n",
        '"""Doc."""\n@\nimport os\n',
        "#!/bin/x\n# licence\n\n@\n",
        "def f(a):\n    @\n    return a\n",
        "def f(a):\n    x = 1\n    @\n\ny = 2\n",
        "class A:\n    def f(self):\n        if x:\n            @\n            y\n        else:\n            z\n",
        "if x:\n    y\n@\nz\n",
        "async def f():\n    try:\n        import csv\n        @\n    finally:\n        pass\nimport late\n",
        'def f(a):\n    @\n    """not a docstring\nany more"""\n    return {\n  1: 2}\n',
    ]
)
_STUBS = st.sampled_from(
    [
        'def f(a, b):\n    """Add @."""\n    pass\n',
        'import os\nclass A:\n    def f(self):\n        """Add.\n\n        @\n        """\n\n        ...  # why\n\nx\n',
        'async def f(a):\n    "@"\n    # note\n    raise NotImplementedError(\n        "x"\n    )\n',
        'def f(a):\n    """@"""\n',
    ]
)


def _styled(text: str, newline: str, tabs: bool, final: bool) -> str:
    if tabs:
        rows = [row.replace("    ", "\t") for row in text.split("\n")]
        text = "\n".join(rows)
    text = text if final else text.removesuffix("\n")
    return text.replace("\n", newline)


def _is_subsequence(rows: list[str], whole: list[str]) -> bool:
    remaining = iter(whole)
    return all(row in remaining for row in rows)


def _check_kept(text: str, result: str, site: Site) -> None:
    gone = range(site.body[0], site.body[1] + 1) if site.body else range(0)
    rows = [lines.bare(row) for n, row in enumerate(lines.split(text)) if n not in gone]
    assert _is_subsequence(rows, [lines.bare(row) for row in lines.split(result)])


_STYLES = st.tuples(st.sampled_from(["\n", "\r\n", "\r"]), st.booleans(), st.booleans())


@given(_FRAMES, _SNIPPETS, _STYLES, st.sampled_from(["# go", "# go\n@# there", "# go\n@# Plan:\n@# 1. a", "y  # go"]))
def test_what_parsed_still_parses(frame: str, code: str, style: tuple[str, bool, bool], comment: str) -> None:
    before = next(row for row in frame.split("\n") if "@" in row)
    indent = before[: before.index("@")]
    text = _styled(frame.replace("@", comment.replace("@", indent)), *style)
    ast.parse(text)
    line = next(n for n, row in enumerate(lines.split(text)) if "# go" in row)
    site = locate(text, line, line, PYTHON)
    assert site is not None
    placement = place_code(text, site, code, PYTHON)
    assert not placement.warning or (code == "return x" and placement.warning.code == "answer-never-runs")
    ast.parse(placement.result)
    assert placement.result == apply(text, placement.edits)
    _check_kept(text, placement.result, site)
    ends = style[0] if lines.newline_of(text) == style[0] else "\n"
    assert placement.result.endswith(("\n", "\r")) == text.endswith(("\n", "\r"))
    assert all(row.endswith(ends) for row in lines.split(placement.result)[:-1])
    starts = [edit.line for edit in placement.edits]
    assert starts == sorted(set(starts))


@given(_STUBS, _SNIPPETS, _STYLES)
def test_a_stub_still_parses(frame: str, code: str, style: tuple[str, bool, bool]) -> None:
    text = _styled(frame.replace("@", "it up"), *style)
    line = next(n for n, row in enumerate(lines.split(text)) if "def f" in row)
    site = locate(text, line, line, PYTHON)
    assert site is not None
    assert site.kind == "stub"
    placement = place_code(text, site, code, PYTHON)
    if code != "from m import *":  # all of it goes to the top, and the placeholder stays
        _check_kept(text, placement.result, site)
    ast.parse(placement.result)
    assert placement.warning is None


@given(_SNIPPETS.filter(lambda code: code != "from m import *" and "print(f(" not in code), st.booleans())
def test_moved_code_means_the_same(code: str, tabs: bool) -> None:
    text = _styled("def outer():\n    x = 0\n    # go\n", "\n", tabs, final=True)
    site = locate(text, 2, 2, PYTHON)
    assert site is not None
    tree = ast.parse(place_code(text, site, code, PYTHON).result)
    (outer,) = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    wanted = [node for node in ast.parse(code).body if not isinstance(node, ast.Import | ast.ImportFrom)]
    assert [_dump(node) for node in outer.body[1:]] == [_dump(node) for node in wanted]


def _dump(node: ast.stmt) -> str:
    for inner in ast.walk(node):
        if isinstance(inner, ast.FunctionDef) and ast.get_docstring(inner):
            doc = inner.body[0]
            assert isinstance(doc, ast.Expr)
            doc.value = ast.Constant(ast.get_docstring(inner))
    return ast.dump(node)


_MARKS = '# // /* */ -- <!-- --> \' " """ \\ ( pass ... \ufeff go'
_PIECES = st.sampled_from(
    [
        *_MARKS.split(),
        *("\n", "\r", "\r\n", "\t", "    ", "\f", "\u2028"),
        *("def f():", "class A:", '"""Doc."""', "Plan:", "1. a", "2. b", "x = 1", "import a"),
        *(
            "void f() {",
            "function f(a) {",
            "fn f() {",
            "func f() {",
            "class A {",
            "}",
            "{}",
            "return null;",
            "<p>{/* a */}",
        ),
    ]
)
_TEXTS = st.lists(_PIECES, max_size=25).map("".join)
_NAMES = st.sampled_from(
    [
        *("python", "javascript", "typescriptreact", "java", "go", "rust", "c", "cpp", "lua", "html", "css"),
        *("ruby", "haskell", "sql", "odd"),
    ]
)


@given(_TEXTS, st.integers(0, 9), st.integers(0, 9), _NAMES, st.one_of(_SNIPPETS, _TEXTS))
def test_nothing_is_lost_in_any_text(text: str, first: int, last: int, name: str, code: str) -> None:
    language = language_of(name)
    site = locate(text, first, last, language)
    if site is None:
        return
    placement = place_code(text, site, code, language)
    assert apply(text, placement.edits) == placement.result
    _check_kept(text, placement.result, site)


@given(_TEXTS, st.integers(0, 9), st.integers(0, 9), _NAMES)
def test_a_plan_replaces_nothing_but_a_plan(text: str, first: int, last: int, name: str) -> None:
    language = language_of(name)
    site = locate(text, first, last, language)
    if site is None:
        return
    placement = place_plan(text, site, Plan(("one", "two")), language)
    assert apply(text, placement.edits) == placement.result
    if site.task.plan is None and "Plan:" not in text:
        _check_kept(text, placement.result, site)


@given(st.text(), st.text())
def test_any_text_and_any_code(text: str, code: str) -> None:
    whole = f"# go\n{text}"
    site = locate(whole, 0, 0, PYTHON)
    if site is None:
        assert text.lstrip().startswith("#")  # with a row of signs below, it is a heading
        return
    placement = place_code(whole, site, textwrap.dedent(code), PYTHON)
    assert apply(whole, placement.edits) == placement.result
