"""Several definitions of one name that belong together, and members that a class declares and does not define."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import pytest

from planfirst.words import Message
from tests.source.sites import answered

GETTER = "class Point:\n    @property\n    def x(self):\n        return self._x\n\n    # let it be set¤\n"
SETTER = "@x.setter\ndef x(self, value):\n    self._x = value"


def added(text: str, answer: str, language: str = "python") -> str:
    """What the file has more than before."""
    result = answered(text, language, answer).result
    before = text.replace("¤", "").split("\n")
    rows = [row for row in result.split("\n") if row not in before or row.strip() in ("", "}")]
    return "\n".join(rows).strip()


@pytest.mark.parametrize(
    "answer",
    [
        SETTER,
        "class Point:\n    @property\n    def x(self):\n        return self._x\n\n    @x.setter\n    def x(self, value):\n        self._x = value",
    ],
)
def test_a_setter_is_no_second_getter(answer: str) -> None:
    assert added(GETTER, answer) == "@x.setter\n    def x(self, value):\n        self._x = value"


def test_a_setter_that_is_there_is_written_again() -> None:
    both = GETTER.replace("    # let", "    @x.setter\n    def x(self, value):\n        self._x = value\n\n    # let")
    assert answered(both, "python", SETTER).refused == Message("answer-repeats")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "@overload\ndef f(x: int) -> int: ...\n\n# for texts, too¤\n\ndef f(x):\n    return x\n",
            "@overload\ndef f(x: str) -> str: ...",
        ),
        (
            "@show.register\ndef _(x: int):\n    return str(x)\n\n# for lists¤\n",
            "@show.register\ndef _(x: list):\n    return ''",
        ),
        (
            "@show.register(int)\ndef _(x):\n    return str(x)\n\n# for lists¤\n",
            "@show.register(list)\ndef _(x):\n    return ''",
        ),
    ],
)
def test_overloads_and_implementations_are_new(text: str, answer: str) -> None:
    assert answer in answered(text, "python", answer).result


def test_an_attribute_that_the_file_has_elsewhere_stays_with_what_it_belongs_to() -> None:
    text = "mod tests {\n    #[test]\n    fn one() {}\n\n    // two¤\n}\n"
    assert answered(text, "rust", "#[test]\nfn two() {}").result.count("#[test]") == 2
    again = "#[test]\nfn one() {}\n\n#[test]\n#[ignore]\nfn two() {}"
    result = answered(text, "rust", again).result
    assert (result.count("#[test]"), result.count("#[ignore]"), result.count("fn one")) == (2, 1, 1)


STACK = "class Stack {\npublic:\n    void push(int x);\n    // takes the top one off¤\nprivate:\n    std::vector<int> xs;\n};\n"
POP = "int pop() {\n        int x = xs.back();\n        return x;\n    }"
OUTSIDE = "int Stack::pop() {\n    int x = xs.back();\n    return x;\n}"


@pytest.mark.parametrize(
    "answer",
    [
        OUTSIDE,
        f"class Stack {{\npublic:\n    void push(int x);\n    int pop();\nprivate:\n    std::vector<int> xs;\n}};\n\n{OUTSIDE}",
    ],
)
def test_a_function_defined_outside_of_its_class_becomes_a_member(answer: str) -> None:
    result = answered(STACK, "cpp", answer).result
    assert f"    // takes the top one off\n    {POP}\n" in result
    assert "Stack::" not in result


def test_one_of_another_class_stays_outside() -> None:
    assert answered(STACK, "cpp", "int Queue::pop() {\n    return 1;\n}").refused is not None


RING = "template <typename T>\nclass Ring {\npublic:\n    // puts one in¤\n    void push(const T& value);\n    int size() const;\n};\n"


@pytest.mark.parametrize(
    "answer",
    [
        "void push(const T& value) {\n    data.push_back(value);\n}",
        "template <typename T>\nvoid Ring<T>::push(const T& value) {\n    data.push_back(value);\n}",
    ],
)
def test_a_member_that_is_only_declared_gets_its_body(answer: str) -> None:
    wanted = "void push(const T& value) {\n        data.push_back(value);\n    }"
    assert answered(RING, "cpp", answer).result == RING.replace("¤", "").replace("void push(const T& value);", wanted)


@pytest.mark.parametrize(
    ("language", "text", "answer", "member"),
    [
        (
            "rust",
            "trait S {\n    // twice¤\n    fn two(&self) -> u8;\n    fn one(&self) -> u8;\n}\n",
            "fn two(&self) -> u8 {\n    2 * self.one()\n}",
            "fn two(&self) -> u8 {\n        2 * self.one()\n    }",
        ),
        (
            "java",
            "interface S {\n    int one();\n    // twice¤\n    int two();\n}\n",
            "int two() {\n    return 2 * one();\n}",
            "default int two() {\n        return 2 * one();\n    }",
        ),
        (
            "java",
            "interface S {\n    int one();\n    // twice¤\n    int two();\n}\n",
            "interface S {\n    int one();\n\n    default int two() {\n        return 2 * one();\n    }\n}",
            "default int two() {\n        return 2 * one();\n    }",
        ),
        (
            "java",
            "abstract class S {\n    abstract int one();\n    // twice¤\n    abstract int two();\n}\n",
            "int two() {\n    return 2 * one();\n}",
            "int two() {\n        return 2 * one();\n    }",
        ),
        (
            "typescript",
            "abstract class S {\n  // twice¤\n  abstract two(): number;\n}\n",
            "two(): number {\n  return 2;\n}",
            "two(): number {\n    return 2;\n  }",
        ),
    ],
)
def test_so_does_one_of_an_interface_or_a_trait(language: str, text: str, answer: str, member: str) -> None:
    declaration = text.split("¤\n")[1].split("\n")[0].strip()
    result = answered(text, language, answer).result
    assert result == text.replace("¤", "").replace(declaration, member)


@pytest.mark.parametrize("below", ["int size();", "void push(int x);", "Stack(int n);"])
def test_a_declaration_stays_where_the_code_is_for_another(below: str) -> None:
    text = STACK.replace("private:", f"    {below}\nprivate:")
    result = answered(text, "cpp", OUTSIDE).result
    assert result == text.replace("¤\n", f"\n    {POP}\n\n")


@pytest.mark.parametrize("below", ["virtual int sum() const = 0;", "S() = default;", "int count;", "int a; int b();"])
def test_other_members_below_stay(below: str) -> None:
    text = f"struct S {{\n    // the name¤\n    {below}\n}};\n"
    result = answered(text, "cpp", "int named() const { return 1; }").result
    assert f"    int named() const {{ return 1; }}\n    {below}\n" in result
