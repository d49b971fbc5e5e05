"""Where an answer ends that defines what its body calls behind the body."""

from __future__ import annotations

import pytest

from planfirst.core.begun import end_of
from planfirst.core.types import Task

PYTHON = Task("primes", stub='def primes(n, keep):\n    """Primes with is_even."""', imports=("from math import sqrt",))
BODY = "    limit = int(sqrt(n))\n    return [keep(i) for i in range(n) if is_prime(i)]\n"
HELPER = "\n\n# Helper\ndef is_prime(\n    n,\n):\n    return n > 1 and is_odd(n)\n"
SECOND = "\ndef is_odd(n):\n    return n % 2\n"
JS_BODY = "  const odd = (n) => n % 2;\n  return list.filter((n) => isPrime(n) && odd(n)).map(String);\n}\n"
JS_HELPER = "\nfunction isPrime(n) {\n  return n > 1;\n}\n"


@pytest.mark.parametrize(
    ("written", "behind"),
    [
        (BODY + HELPER + SECOND, "\nprint(primes(9))\n"),
        (BODY + HELPER, "\n\nprint(primes(9))\n"),
        (BODY, "\nprint(primes(9))\n"),
        (BODY, "\ndef other():\n    pass\n"),
        (BODY, "```\n"),
        (BODY + HELPER + SECOND, "```\n"),
        ("    return sorted(n)\n", "def is_prime(n):\n    return n\n"),
        ("    def is_prime(i):\n        return i\n    return is_prime(n)\n", "def is_prime(n):\n    return n\n"),
        ('    return "is_prime(n)"  # is_prime(n)\n', "def is_prime(n):\n    return n\n"),
    ],
)
def test_in_python_what_a_body_calls_belongs_to_it(written: str, behind: str) -> None:
    end = end_of(written + behind, PYTHON)
    assert end is not None
    assert (written + behind)[:end].strip() == written.strip()


@pytest.mark.parametrize(
    ("language", "header", "written", "behind"),
    [
        ("javascript", "function primes(list) {", JS_BODY + JS_HELPER, "\nconsole.log(primes([2]));\n"),
        ("javascript", "function primes(list) {", JS_BODY + "const isPrime = (n) => {\n  return 1;\n};\n", "```\n"),
        ("javascript", "function primes(list) {", JS_BODY, "```\n"),
        ("javascript", "function primes(list) {", JS_BODY, "}\n"),
        (
            "java",
            "public static List<Long> primes(long n) {",
            "    return all(n).filter(i -> isPrime(i)).toList();\n}\n\nprivate static boolean isPrime(long n) {\n"
            "    return n > 1;\n}\n\nstatic LongStream all(long n)\n{\n    return null;\n}\n",
            "}\n",
        ),
        (
            "go",
            "func primes(n int) []int {",
            "\treturn keep(n)\n}\n\nfunc keep(n int) []int {\n\treturn nil\n}\n",
            "\n",
        ),
        ("rust", "fn primes(n: u32) -> u32 {", "    keep(n)\n}\n\nfn keep(n: u32) -> u32 { n }\n", "```\n"),
    ],
)
def test_in_languages_with_braces_too(language: str, header: str, written: str, behind: str) -> None:
    end = end_of(written + behind, Task("primes", language, stub=header))
    assert end is not None
    assert (written + behind)[:end].strip() == written.strip()


def test_it_goes_on_until_it_is_known() -> None:
    assert end_of(f"{BODY}\n\ndef is_prime(n):\n    return 1\n", PYTHON) is None
    assert end_of(f"{BODY}\n\ndef is_pri", PYTHON) is None
    assert end_of(f"{BODY}\n\n# The helper\n", PYTHON) is None
    assert (
        end_of(f"{JS_BODY}\nfunction isPrime(n) {{\n  return 1;\n", Task("p", "javascript", stub="function f(list) {"))
        is None
    )


def test_what_the_file_has_is_not_waited_for() -> None:
    end = end_of(
        f"{BODY}\nx", Task("p", stub="def primes(n, keep):", neighbours=("def is_prime(n)",), imports=PYTHON.imports)
    )
    assert end == len(BODY) + 1
