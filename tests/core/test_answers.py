"""Which part of an answer is the code: reasoning, several blocks, fences in strings, prose."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planfirst.core.generate import extract_code, stub_name
from planfirst.core.prose import is_prose

DOUBLE = "def double(x):\n    return 2 * x"
DRAFT = "def double(x):\n    return x + x + 1"
FENCED = f"```python\n{DOUBLE}\n```"
TAGS = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<reasoning>", "</reasoning>"),
    ("<thought>", "</thought>"),
    ("<THINK>", "</THINK>"),
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<seed:think>", "</seed:think>"),
    ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
]


@pytest.mark.parametrize(("opening", "closing"), TAGS)
@pytest.mark.parametrize(
    "draft", ["I think about it.", f"Maybe:\n```python\n{DRAFT}\n```\nno.", f"```python\n{DRAFT}", DRAFT]
)
@pytest.mark.parametrize("answer", [FENCED, DOUBLE, f"Here it is:\n{FENCED}\nDone."])
def test_reasoning_is_no_code(opening: str, closing: str, draft: str, answer: str) -> None:
    assert extract_code(f"{opening}\n{draft}\n{closing}\n\n{answer}", "python") == DOUBLE
    assert extract_code(f"{opening}{draft}{closing}{answer}", "python") == DOUBLE
    if opening != "<|channel|>analysis<|message|>":  # the prompt held the first tag
        assert extract_code(f"{draft}\n{closing}\n{answer}", "python") == DOUBLE


@pytest.mark.parametrize(("opening", "_"), TAGS)
def test_reasoning_that_never_ends_is_no_code(opening: str, _: str) -> None:
    assert extract_code(f"{opening}\nMaybe:\n```python\n{DRAFT}\n```\nno, that") == ""
    assert extract_code(f"{FENCED}\n{opening}\nMaybe:\n{DRAFT}") == DOUBLE


@pytest.mark.parametrize(
    "code",
    [
        "def strip(s):\n    return re.sub(r'<think>.*?</think>', '', s)",
        'TAG = "<think>"\nEND = "</think>"\nx = 1',
        "# ends with </think>\nx = 1",
    ],
)
def test_a_program_about_reasoning_is_code(code: str) -> None:
    assert extract_code(f"```python\n{code}\n```", "python") == code
    assert extract_code(code, "python") == code


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        # what shows a use, an output, an installation
        (f"{FENCED}\nUsage:\n```python\nprint(double(2))\n```\nOutput:\n```\n4\n```", DOUBLE),
        (f"Install first:\n```bash\npip install numpy\n```\nThen:\n{FENCED}", DOUBLE),
        (f"```sh\npip install x\n```\n```\n{DOUBLE}\n```\n```text\n4\n```", DOUBLE),
        (f"{FENCED}\nTests:\n```python\ndef test_double():\n    assert double(2) == 4\n```", DOUBLE),
        (f"```\n{DOUBLE}\n```\n\nRun it:\n\n```\nprint(double(2))\n```", DOUBLE),
        (f"Example usage:\n```python\nprint(double(2))\n```\nThe function:\n{FENCED}", DOUBLE),
        ("```bash\npip install numpy\n```", ""),
        # labels
        (f"```javascript\nfunction double(x) {{ return 2 * x; }}\n```\nIn Python:\n{FENCED}", DOUBLE),
        (f'```py title="a.py"\n{DOUBLE}\n```', DOUBLE),
        (f"```{{.python}}\n{DOUBLE}\n```", DOUBLE),
        (f"```double.py\n{DOUBLE}\n```", DOUBLE),
        ("```javascript\nfunction double(x) { return 2 * x; }\n```", "function double(x) { return 2 * x; }"),
        # wrapped, in a list, quoted, beside prose
        (f"```markdown\nHere:\n\n{FENCED}\n\nIt doubles.\n```", DOUBLE),
        (f"````md\n{FENCED}\n````", DOUBLE),
        (f"```\n{FENCED}\n```", DOUBLE),
        ("1. Write it:\n\n   ```python\n   def double(x):\n       return 2 * x\n   ```\n2. Use it.", DOUBLE),
        (f"Here it is: ```python\n{DOUBLE}\n```", DOUBLE),
        ("```python def double(x): return 2 * x```", "def double(x): return 2 * x"),
        # what a block needs of another one stays
        (
            f"First:\n```python\nimport numpy as np\n```\nThen:\n{FENCED}\nUse:\n```python\nprint(double(1))\n```",
            f"import numpy as np\n\n{DOUBLE}",
        ),
        (
            "```python\ndef half(x):\n    return x / 2\n```\n"
            "and\n```python\ndef double(x):\n    return 4 * half(x)\n```",
            "def half(x):\n    return x / 2\n\ndef double(x):\n    return 4 * half(x)",
        ),
        (
            "```python\nTWO = 2\n```\n```python\ndef double(x):\n    return TWO * x\n```",
            "TWO = 2\n\ndef double(x):\n    return TWO * x",
        ),
        # two versions
        (f"A first version:\n```python\n{DRAFT}\n```\nThat is wrong. The corrected version:\n{FENCED}", DOUBLE),
        (f"{FENCED}\nOr, in another way:\n```python\ndef double(x):\n    return x << 1\n```", DOUBLE),
        # fences that are not in pairs
        (f"{DOUBLE}\n```\n\nThis doubles the number.", DOUBLE),
        (f"{DOUBLE}\n```\n\nThis doubles it.\n\n```python\nprint(double(2))\n```", DOUBLE),
        (f"```python\n{DOUBLE}\n\nThis function doubles the number that it is given.", DOUBLE),
        ("```python\ndef double(x):\n    return 2 * x```", DOUBLE),
        ("```python\n```python\n" + DOUBLE + "\n```", DOUBLE),
        # nothing
        ("```\n```\n```python\n```\n~~~\n~~~", ""),
        ("```\n" * 7, ""),
    ],
)
def test_the_block_that_answers(answer: str, code: str) -> None:
    assert extract_code(answer, "python", "double") == code
    if "test" not in answer:
        assert extract_code(answer, "python") == code


def test_without_definitions_blocks_are_joined_and_what_they_print_is_left_out() -> None:
    answer = "```python\nx = 1\n```\nThen:\n```python\ny = x\n```\nOutput:\n```\n1\n```"
    assert extract_code(answer, "python") == "x = 1\n\ny = x"


@pytest.mark.parametrize(
    ("language", "code"),
    [
        (
            "python",
            'def f():\n    """Use it:\n\n    ```\n    f()\n    ```\n    and\n```py\nf()\n```\n    """\n    return 1',
        ),
        ("python", "def f():\n    return '''\n```\nx\n```\n'''"),
        ("typescript", "/*\n```ts\nf();\n```\n*/\nfunction f(): number {\n  return 1;\n}"),
        ("java", 'String f() {\n    return """\n```\nx\n```\n""";\n}'),
        ("rust", 'fn f() -> &\'static str {\n    r#"\n```\n"quoted"\n```\n"#\n}'),
        ("cpp", 'const char* f() {\n    return R"x(\n```\n)x";\n}'),
        ("go", "/*\nExample:\n```\nf()\n```\n*/\nfunc f() int {\n\treturn 1\n}"),
    ],
)
@pytest.mark.parametrize("label", [True, False])
def test_a_fence_in_a_string_or_comment_ends_nothing(language: str, code: str, label: bool) -> None:
    answer = f"Sure:\n\n```{language if label else ''}\n{code}\n```\n\nIt returns one.\n\n```\n1\n```"
    assert extract_code(answer, language, "f") == code


@pytest.mark.parametrize(
    "tail", ["", "\n```", "\n```\n", "\n```\n\nThis doubles it.\n\n```python\nprint(double(2))\n```"]
)
@pytest.mark.parametrize(
    "body", ["    return 2 * x", "    y = x\n\n    # twice\n\n    return y + y", '    return """\n```\n"""']
)
def test_an_answer_that_was_begun(body: str, tail: str) -> None:
    begun = '```python\ndef double(x: int) -> int:\n    """Double it.\n\n    ```\n    double(2)\n    ```\n    """\n'
    assert extract_code(begun + body + tail, "python", "double") == begun.partition("\n")[2] + body


@pytest.mark.parametrize(
    ("language", "head", "body"),
    [
        ("typescript", "/** Double it. */\nfunction double(x: number): number {", "  return 2 * x;\n}"),
        ("java", "int twice(int x) {", "    return 2 * x;\n}"),
        ("go", "// Double it.\nfunc Double(x int) int {", "\treturn 2 * x\n}"),
        ("rust", "/// ```\n/// double(2);\n/// ```\nfn double<'a>(x: &'a i32) -> i32 {", "    2 * x\n}"),
    ],
)
def test_an_answer_that_was_begun_in_another_language(language: str, head: str, body: str) -> None:
    for tail in ("", "\n```", "\n```\nIt doubles the number.\n\nUsage:\n```\nx\n```"):
        answer = f"```{language}\n{head}\n{body}{tail}"
        assert extract_code(answer, language, stub_name(head)) == f"{head}\n{body}"


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", DOUBLE),
        ("python", f"import os\n\n\n# Double it.\n@cache\n{DOUBLE}"),
        ("python", 'def double(x):\n    """Return twice the number.\n\n    It is quick.\n    """\n    return 2 * x'),
        ("typescript", "function double(x: number): number {\n  // Here it is doubled.\n  return 2 * x;\n}"),
        ("java", "/**\n * Returns twice the number.\n * - quickly\n */\nint twice(int x) {\n    return 2 * x;\n}"),
        ("go", "// Double returns twice the number.\nfunc Double(x int) int {\n\treturn 2 * x\n}"),
        ("rust", "/// Doubles it.\nfn double(x: i32) -> i32 {\n    2 * x\n}"),
        ("c", "#include <stdio.h>\n\nint twice(int x)\n{\n    return 2 * x;\n}"),
    ],
)
def test_prose_without_fences_is_left_out(language: str, code: str) -> None:
    before = "Sure! Here is a function that doubles a number:"
    for answer in (code, f"{before}\n\n{code}", f"{before}\n{code}\n\nIt multiplies the input by two.\n"):
        assert extract_code(answer, language) == code
    after = "Explanation:\n\n1. The number is taken.\n2. It is doubled.\n\n- **x** is the number\n\nHope this helps!"
    assert extract_code(f"다음은 함수입니다:\n\n{code}\n\n{after}", language) == code


@pytest.mark.parametrize(
    "answer",
    [
        "1. Open the file for reading as UTF-8 with a with statement.\n2. Read the whole text and lower its case.",
        "Plan:\n1) Open the file\n2) Return the rows",
        "- Open the file\n- Return the rows",
        "I cannot help with that.",
        "To double a number, multiply it by two.\n\nThat is all there is to it!",
        "```\n1. Open the file.\n2. Read it.\n```",
        "```python\nStep 1: Open the file.\nStep 2: Return the rows.\n```",
        "숫자를 두 배로 만들려면 2를 곱하면 됩니다.",
        "**Answer**\n\n> Multiply by two.",
        "Sure!",
    ],
)
@pytest.mark.parametrize("language", ["python", "typescript", "go", "java"])
def test_what_is_no_code_is_none(answer: str, language: str) -> None:
    assert extract_code(answer, language) == ""


@pytest.mark.parametrize(
    "row",
    [
        *("x = 1", "return x", "for x in xs:", "import a", "from a import b as c", "pass", "else:", "x", "@Override"),
        *("if x and y or z:", "assert x is not y and z", "public static void main(String[] args) {", "Foo bar;", "}"),
        *("List<String> names = new ArrayList<>();", "case Some(x) => y", "go func() {", "defer f.Close()", "print(x)"),
        *(
            "raise ValueError",
            "let mut x = 1;",
            "type A = B | C",
            "Result<String, Error>",
            "std::vector<int> v;",
            "*p = 1;",
        ),
        *(
            "-x",
            "1 + 2",
            "x: int",
            "class A(B):",
            "True if x else y",
            "not x",
            "async def f():",
            "Y = x",
            "# Note well.",
        ),
    ],
)
def test_code_is_no_prose(row: str) -> None:
    assert not is_prose(row)


def test_data_is_kept_as_it_is() -> None:
    text = "Title: a plan.\n1. Open the file.\n2. Read it."
    assert extract_code(text, "markdown") == extract_code(text, "yaml") == text


@pytest.mark.parametrize(
    ("stub", "name"),
    [
        ('def double(x):\n    """Like f(x)."""', "double"),
        ("@cache(maxsize=3)\nasync def go(\n    x,\n):", "go"),
        ("/** Like f(x). */\nexport function double<T>(x: T): T {", "double"),
        ("const double = (x: number): number => {", "double"),
        ("public static <T> List<T> copy(List<T> xs) {", "copy"),
        ("func (s *Stack[T]) Push(x T) {", "Push"),
        ("pub fn max<T: Ord>(xs: &[T]) -> T {", "max"),
        ("static int *find(int x) {", "find"),
        ("class Stack:", "Stack"),
        ("interface Shape {", "Shape"),
        ("", ""),
    ],
)
def test_the_name_of_a_stub(stub: str, name: str) -> None:
    assert stub_name(stub) == name


_ROW = st.text(alphabet=st.characters(blacklist_characters="\r\n`~<>[]◁", blacklist_categories=("Cs",)), max_size=30)
_CODE_ROW = st.one_of(
    _ROW, st.sampled_from(["def f(x):", "    return x", "}", '"""', "# a", "1. a", "'''", "/*", "It is."])
)


@given(
    st.lists(_CODE_ROW, max_size=12),
    st.sampled_from(["", "python", "ts", "go"]),
    st.sampled_from(["", "python", "go", "sql"]),
)
def test_no_line_of_a_block_is_lost(rows: list[str], label: str, language: str) -> None:
    code = "\n".join(["def f(x):  # begins", *rows, "f(1)  # ends"])
    answer = f"Here you are:\n```{label}\n{code}\n```\nThat is it."
    if any(quote in code for quote in ('"""', "'''", "/*")):  # one that is open may hold the fence
        answer = answer.removesuffix("\nThat is it.")
    assert extract_code(answer, language).split("\n")[: len(rows) + 2] == code.split("\n")


@given(st.text(alphabet="`~<think>/ \n#*'\"1.aA", max_size=200), st.sampled_from(["", "python", "typescript"]))
def test_any_answer_can_be_read(answer: str, language: str) -> None:
    assert extract_code(answer, language).strip("\n") == extract_code(answer, language)


def test_long_answers_are_read_at_once() -> None:
    body = "\n".join(f"    x{n} = {n}  # it's" for n in range(10_000))
    started = time.perf_counter()
    assert extract_code(f"```python\ndef f():\n{body}\n```", "python", "f").count("\n") == 10_000
    assert extract_code(f"def f():\n{body}", "python", "f").count("\n") == 10_000
    for piece in (
        "```\n",
        "```python\n",
        '"""\n```\n',
        "<think>\n",
        "</think>\n",
        "Word. ",
        "'",
        "a(",
        "`",
        "It is.\n",
    ):
        extract_code(piece * 10_000, "python", "f")
    assert time.perf_counter() - started < 20
