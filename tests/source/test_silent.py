"""Comments that ask for nothing, and those that look like it and do."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import pytest

from tests.source.sites import found, site_in


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "# Copyright 2024 Example Ltd. All rights reserved.¤\n# SPDX-License-Identifier: MIT\n\nimport os\n"),
        ("python", "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n# Licensed under the Apache License.¤\n\nimport os\n"),
        ("javascript", "/*!\n * (c) 2020 Somebody¤\n */\nlet x = 1;\n"),
        ("java", "/*\n * Copyright 2020 Foo¤\n */\npackage a;\n"),
        ("go", "// Copyright 2009 The Go Authors. All rights reserved.¤\n// Use of this source code is governed by a licence.\n\npackage a\n"),
        ("c", "/* SPDX-License-Identifier: GPL-2.0 */¤\n#include <a.h>\n"),
        ("rust", "// Licensed under the MIT licence.¤\nuse std::io;\n"),
        ("shellscript", "#!/bin/sh\n# Copyright 2020 Foo¤\nls\n"),
    ],
)  # fmt: skip
def test_licence_headers(language: str, text: str) -> None:
    assert site_in(text, language)[1] is None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "import os\n\n# add the copyright line to each file¤\n"),
        ("javascript", "let x = 1;\n// print the licence¤\n"),
    ],
)
def test_a_licence_may_be_asked_for_further_down(language: str, text: str) -> None:
    assert found(text, language).kind == "comment"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "# x = 1¤\n# y = foo(x)\n"),
        ("python", "# import os¤\n"),
        ("python", "# def old(a):¤\n#     return a\n"),
        ("python", "# for x in y:¤\n"),
        ("python", "# print(x)¤\n"),
        ("python", "z = 2  # foo(z)¤\n"),
        (
            "python",
            "def f():\n    # return sorted(x)¤\n    pass\n".replace("return sorted(x)", "x.sort()\n    # return x"),
        ),
        ("javascript", "// const a = foo(1);¤\n// return a;\n"),
        ("javascript", "// if (a) {¤\n//   b();\n// }\n"),
        ("typescript", "/* const a: number = 1; */¤\n"),
        ("java", "class A {\n    // int x = 1;¤\n    // foo(x);\n}\n"),
        ("go", "func f() {\n\t// x := 1¤\n\t// g(x)\n}\n"),
        ("rust", "// let x = foo();¤\n"),
        ("c", "// int x = 1;¤\n"),
        ("cpp", "// std::cout << x;¤\n"),
        ("lua", "-- foo(1);¤\n"),
    ],
)
def test_commented_out_code(language: str, text: str) -> None:
    site = site_in(text, language)[1]
    assert site is None or (site.kind == "stub" and "sort" not in site.task.request)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("python", "sort"),
        ("python", "return result"),
        ("python", "import data"),
        ("python", "x is y"),
        ("python", "note: sort them"),
        ("python", "double(2) -> 4"),
        ("python", ">>> double(2)\n# 4"),
        ("python", "read, write, close"),
        ("python", "read the file (all of it)"),
        ("javascript", "sort the list"),
        ("javascript", "call foo() and wait"),
        ("javascript", "f(1) === 2"),
        ("java", "a list of names, sorted"),
        ("go", "parse the header: one field a line"),
        ("c", "swap a and b"),
        ("cpp", "e.g. f(2) = 4"),
        ("lua", "sort the list"),
    ],
)
def test_sentences_are_no_code(language: str, words: str) -> None:
    marker = {"python": "#", "lua": "--"}.get(language, "//")
    assert found(f"{marker} {words}¤\n", language).task.request.startswith(words.split("\n")[0])


@pytest.mark.parametrize(
    ("language", "text"),
    [
        *[("python", f"# {words}¤\nx = 1\n") for words in ("type: ignore", "noqa: E501", "pragma: no cover", "fmt: off")],
        *[("python", f"# {words}¤\nx = 1\n") for words in ("%%", "%% load it", "%% [markdown]", "In [3]:", "region")],
        *[("python", f"# {words}¤\nx = 1\n") for words in ("pylint: disable=x", "mypy: ignore-errors", "/// script")],
        *[("javascript", f"// {words}¤\nx();\n") for words in ("eslint-disable-next-line x", "@ts-ignore", "prettier-ignore")],
        *[("javascript", f"/* {words} */¤\nx();\n") for words in ("eslint-disable", "global foo", "istanbul ignore next")],
        *[("typescript", f"// {words}¤\nx();\n") for words in ("@ts-expect-error: no", "#region a", "@ts-nocheck")],
        ("typescript", '/// <reference types="node" />¤\nx();\n'),
        *[("go", f"//{words}¤\nx()\n") for words in ("go:build linux", "go:noinline", "nolint:all", " +build linux", "export Foo")],
        *[("rust", f"// {words}¤\nf();\n") for words in ("clippy::all", "rustfmt::skip")],
        *[("cpp", f"// {words}¤\nf();\n") for words in ("NOLINT", "NOLINTNEXTLINE(x)", "clang-format off", "fallthrough")],
        *[("java", f"// {words}¤\nf();\n") for words in ("NOSONAR", "@formatter:off", "CHECKSTYLE:OFF", "noinspection X")],
    ],
)  # fmt: skip
def test_what_speaks_to_tools(language: str, text: str) -> None:
    assert site_in(text, language)[1] is None


@pytest.mark.parametrize(
    "words", ["standard deviation of the values", "global search of names", "fall through the list", "lint the file", "export data"]
)  # fmt: skip
@pytest.mark.parametrize("language", ["python", "javascript", "go"])
def test_words_that_look_like_it(language: str, words: str) -> None:
    marker = "#" if language == "python" else "//"
    assert found(f"{marker} {words}¤\n", language).task.request == words


def test_a_pragma_in_a_body_is_not_lost() -> None:
    from tests.source.sites import placed

    text = "// add up¤\nfunction f() { /* istanbul ignore next */ }\n"
    assert "/* istanbul ignore next */\n  return 1;" in placed(text, "javascript", "…\n  return 1;\n}").result
    text = "# add up¤\ndef f(x): ...  # noqa: E704\n"
    assert placed(text, "python", "…\n    return 1").result == "# add up\ndef f(x):  # noqa: E704\n    return 1\n"


def test_a_cell_is_the_surroundings_of_its_comment() -> None:
    text = "# %%\ndef a(): return 1\n# %%\n# count words¤\n# %%\nprint(1)\n"
    site = found(text)
    assert (site.kind, site.described, site.first, site.last) == ("comment", None, 3, 3)
