"""Stubs and echoes in languages that are known by their comments alone."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import pytest

from planfirst.source.languages import language_of
from planfirst.source.place import new_part
from planfirst.source.placeholders import is_plain_placeholder
from tests.source.frames import PLAIN, PLAIN_FRAMES
from tests.source.sites import answered, site_in

CASES = [
    ("ruby", "# the mean of xs¤\ndef mean(xs)\nend\n", "def mean(xs)\n  xs.sum / xs.size.to_f\nend", "# the mean of xs\ndef mean(xs)\n  xs.sum / xs.size.to_f\nend\n"),
    ("ruby", "def mean(xs)\n  # the mean of xs¤\nend\n", "def mean(xs)\n  xs.sum / xs.size.to_f\nend", "def mean(xs)\n  # the mean of xs\n  xs.sum / xs.size.to_f\nend\n"),
    ("ruby", "class A\n  # the mean of xs¤\n  def mean(xs)\n    raise NotImplementedError\n  end\nend\n", "def mean(xs)\n  xs.sum / xs.size.to_f\nend", "class A\n  # the mean of xs\n  def mean(xs)\n    xs.sum / xs.size.to_f\n  end\nend\n"),
    ("ruby", "class A\n  def one\n    1\n  end\n\n  # two¤\nend\n", "class A\n  def one\n    1\n  end\n\n  def two\n    2\n  end\nend", "class A\n  def one\n    1\n  end\n\n  # two\n  def two\n    2\n  end\nend\n"),
    ("php", "<?php\n\n// the mean¤\nfunction mean(array $xs): float {\n}\n", "<?php\n\nfunction mean(array $xs): float {\n    return array_sum($xs) / count($xs);\n}", "<?php\n\n// the mean\nfunction mean(array $xs): float {\n    return array_sum($xs) / count($xs);\n}\n"),
    ("php", "<?php\nclass A {\n    // twice x¤\n    public function twice($x) {\n        // TODO\n    }\n}\n", "<?php\nclass A {\n    public function twice($x) {\n        return 2 * $x;\n    }\n}", "<?php\nclass A {\n    // twice x\n    public function twice($x) {\n        return 2 * $x;\n    }\n}\n"),
    ("csharp", "class A\n{\n    // the mean¤\n    public double Mean(int[] xs)\n    {\n        throw new NotImplementedException();\n    }\n}\n", "public double Mean(int[] xs)\n{\n    return xs.Average();\n}", "class A\n{\n    // the mean\n    public double Mean(int[] xs)\n    {\n        return xs.Average();\n    }\n}\n"),
    ("kotlin", "// the mean¤\nfun mean(xs: List<Int>): Double {\n    TODO()\n}\n", "fun mean(xs: List<Int>): Double {\n    return xs.average()\n}", "// the mean\nfun mean(xs: List<Int>): Double {\n    return xs.average()\n}\n"),
    ("kotlin", "fun mean(xs: List<Int>): Double {\n    // the mean¤\n}\n", "fun mean(xs: List<Int>): Double {\n    return xs.average()\n}", "fun mean(xs: List<Int>): Double {\n    // the mean\n    return xs.average()\n}\n"),
    ("swift", "// the mean¤\nfunc mean(_ xs: [Double]) -> Double {\n    fatalError()\n}\n", "func mean(_ xs: [Double]) -> Double {\n    return xs.reduce(0, +) / Double(xs.count)\n}", "// the mean\nfunc mean(_ xs: [Double]) -> Double {\n    return xs.reduce(0, +) / Double(xs.count)\n}\n"),
    ("lua", "-- the mean¤\nfunction mean(xs)\nend\n", "function mean(xs)\n  local s = 0\n  for _, x in ipairs(xs) do\n    s = s + x\n  end\n  return s / #xs\nend", "-- the mean\nfunction mean(xs)\n  local s = 0\n  for _, x in ipairs(xs) do\n    s = s + x\n  end\n  return s / #xs\nend\n"),
    ("lua", "local M = {}\n\n-- the mean¤\nlocal function mean(xs)\n  -- TODO\nend\n\nreturn M\n", "local function mean(xs)\n  return 1\nend", "local M = {}\n\n-- the mean\nlocal function mean(xs)\n  return 1\nend\n\nreturn M\n"),
    ("shellscript", "#!/bin/sh\n\n# log with time¤\nlog() {\n  :\n}\n", "#!/bin/bash\nlog() {\n  echo \"$(date) $1\"\n}", "#!/bin/sh\n\n# log with time\nlog() {\n  echo \"$(date) $1\"\n}\n"),
    ("shellscript", "#!/bin/sh\nset -e\n\n# remove old logs¤\n", "#!/bin/sh\nset -e\n\nfind . -name '*.log' -mtime +7 -delete", "#!/bin/sh\nset -e\n\n# remove old logs\nfind . -name '*.log' -mtime +7 -delete\n"),
    ("sql", "SELECT *\n  FROM a;\n\n-- b¤\n", "SELECT *\n\tFROM b;", "SELECT *\n  FROM a;\n\n-- b\nSELECT *\n  FROM b;\n"),
    ("shellscript", "#!/bin/sh\n\n# one argument¤\n\necho \"$1\"\n", "if [ $# -ne 1 ]; then\n  exit 2\nfi\n\necho \"$1\"", "#!/bin/sh\n\n# one argument\nif [ $# -ne 1 ]; then\n  exit 2\nfi\n\necho \"$1\"\n"),
    ("shellscript", "# b, c¤\n\ncat a\nrm a\n", "for x in b c; do\n  cat $x\ndone\ncat a\nrm a\necho done", "# b, c\nfor x in b c; do\n  cat $x\ndone\n\ncat a\nrm a\n"),
    ("shellscript", "if a; then\n  # b, c¤\nfi\nexit 0\n", "if b; then\n  c\nfi", "if a; then\n  # b, c\n  if b; then\n    c\n  fi\nfi\nexit 0\n"),
    ("ruby", "def a\n  1\nend\n\n# two¤\n", "def two\n\t2\nend", "def a\n  1\nend\n\n# two\ndef two\n  2\nend\n"),
    ("php", "<?php\n\nfunction one() {\n    return 1;\n}\n\n// two¤\n", "<?php\n\nfunction one() {\n    return 1;\n}\n\nfunction two() {\n    return 2;\n}", "<?php\n\nfunction one() {\n    return 1;\n}\n\n// two\nfunction two() {\n    return 2;\n}\n"),
    ("dart", "int twice(int x) {\n  // double¤\n}\n", "int twice(int x) {\n  return 2 * x;\n}", "int twice(int x) {\n  // double\n  return 2 * x;\n}\n"),
    ("scala", "// the mean¤\ndef mean(xs: Seq[Double]): Double = {\n  ???\n}\n", "def mean(xs: Seq[Double]): Double = {\n  xs.sum / xs.size\n}", "// the mean\ndef mean(xs: Seq[Double]): Double = {\n  xs.sum / xs.size\n}\n"),
    ("ruby", "class A\n  def total(xs, tax: 0.1)\n    # with tax¤\n  end\nend\n", "def total(xs, tax: 0.1)\n  xs.sum * (1 + tax)\nend", "class A\n  def total(xs, tax: 0.1)\n    # with tax\n    xs.sum * (1 + tax)\n  end\nend\n"),
    ("ruby", "def f(xs)\n  total = 0\n  # add them¤\n  total\nend\n", "def f(xs)\n  total = 0\n  xs.each { |x| total += x }\n  total\nend", "def f(xs)\n  total = 0\n  # add them\n  xs.each { |x| total += x }\n  total\nend\n"),
    ("kotlin", "fun f(xs: List<Int>): Int {\n    var total = 0\n    // add them¤\n    return total\n}\n", "fun f(xs: List<Int>): Int {\n    var total = 0\n    for (x in xs) {\n        total += x\n    }\n    return total\n}", "fun f(xs: List<Int>): Int {\n    var total = 0\n    // add them\n    for (x in xs) {\n        total += x\n    }\n    return total\n}\n"),
    ("php", "<?php\nclass A {\n    public function f(array $xs) {\n        $t = 0;\n        // add them¤\n        return $t;\n    }\n}\n", "<?php\nclass A {\n    public function f(array $xs) {\n        $t = 0;\n        foreach ($xs as $x) {\n            $t += $x;\n        }\n        return $t;\n    }\n}", "<?php\nclass A {\n    public function f(array $xs) {\n        $t = 0;\n        // add them\n        foreach ($xs as $x) {\n            $t += $x;\n        }\n        return $t;\n    }\n}\n"),
    ("sql", "-- all users\nSELECT * FROM users;\n\n-- users without mail¤\n", "-- all users\nSELECT * FROM users;\n\n-- users without mail\nSELECT * FROM users WHERE mail IS NULL;", "-- all users\nSELECT * FROM users;\n\n-- users without mail\nSELECT * FROM users WHERE mail IS NULL;\n"),
    ("csharp", "class A\n{\n    // the sum¤\n}\n", "int Add(int a, int b)\n{\n    return a + b;\n}", "class A\n{\n    // the sum\n    int Add(int a, int b)\n    {\n        return a + b;\n    }\n}\n"),
    ("csharp", "class A\n{\n    int Add(int a)\n    {\n        // add one¤\n    }\n}\n", "class A\n{\n    int Add(int a)\n    {\n        return a + 1;\n    }\n}", "class A\n{\n    int Add(int a)\n    {\n        // add one\n        return a + 1;\n    }\n}\n"),
    ("php", "<?php\nclass A {\n    public $x = 1;\n\n    // count¤\n    public function count() {\n    }\n}\n", "<?php\nclass A {\n    public $x = 2;\n\n    public function count() {\n        if ($this->x) {\n            return 1;\n        }\n        return 0;\n    }\n}", "<?php\nclass A {\n    public $x = 1;\n\n    // count\n    public function count() {\n        if ($this->x) {\n            return 1;\n        }\n        return 0;\n    }\n}\n"),
    ("shellscript", "clients() {\n    heading \"top $TOP\"\n    # the most frequent¤\n    echo done\n}\n", "heading \"top $TOP\"\nsort a | uniq -c | head -n \"$TOP\"", "clients() {\n    heading \"top $TOP\"\n    # the most frequent\n    sort a | uniq -c | head -n \"$TOP\"\n    echo done\n}\n"),
    ("shellscript", "prune() {\n    local current\n    current=$(at now)\n    # delete the others¤\n    log \"done\"\n}\n", "# Delete the others\nprune() {\n    local current\n    current=$(at now)\n    ls | grep -v \"$current\" | xargs rm\n}", "prune() {\n    local current\n    current=$(at now)\n    # delete the others\n    ls | grep -v \"$current\" | xargs rm\n    log \"done\"\n}\n"),
    ("shellscript", "stop a\nsleep 5\n# start it again¤\n", "sleep 5\nstart a", "stop a\nsleep 5\n# start it again\nsleep 5\nstart a\n"),
    ("shellscript", "ls b\necho\n# a¤\n", "echo\nls a", "ls b\necho\n# a\necho\nls a\n"),
]  # fmt: skip

IMPORTS = [
    ("kotlin", "package a\n\nimport java.io.File\n\nfun one() = 1\n\n// now¤\n", "package a\n\nimport java.io.File\nimport java.time.Instant\n\nfun one() = 1\n\nfun now() = Instant.now()", "package a\n\nimport java.io.File\nimport java.time.Instant\n\nfun one() = 1\n\n// now\nfun now() = Instant.now()\n"),
    ("csharp", "using System;\n\nclass A\n{\n    // the sum¤\n    int Sum(int[] xs)\n    {\n    }\n}\n", "using System;\nusing System.Linq;\n\nclass A\n{\n    int Sum(int[] xs)\n    {\n        using (var a = B()) { }\n        return xs.Sum();\n    }\n}", "using System;\nusing System.Linq;\n\nclass A\n{\n    // the sum\n    int Sum(int[] xs)\n    {\n        using (var a = B()) { }\n        return xs.Sum();\n    }\n}\n"),
    ("php", "<?php\n\nclass A {\n    // now¤\n    public function now() {\n    }\n}\n", "<?php\n\nuse DateTime;\n\nclass A {\n    public function now() {\n        return new DateTime();\n    }\n}", "<?php\n\nuse DateTime;\n\nclass A {\n    // now\n    public function now() {\n        return new DateTime();\n    }\n}\n"),
    ("ruby", "# frozen_string_literal: true\n\ndef read(path)\n  # as JSON¤\nend\n", "require 'json'\n\ndef read(path)\n  JSON.parse(File.read(path))\nend", "# frozen_string_literal: true\n\nrequire 'json'\n\ndef read(path)\n  # as JSON\n  JSON.parse(File.read(path))\nend\n"),
    ("swift", "func now() -> Double {\n    // seconds¤\n}\n", "import Foundation\n\nfunc now() -> Double {\n    return Date().timeIntervalSince1970\n}", "import Foundation\n\nfunc now() -> Double {\n    // seconds\n    return Date().timeIntervalSince1970\n}\n"),
    ("lua", "local M = {}\n\n-- as JSON¤\nfunction M.read(s)\nend\n\nreturn M\n", "local json = require(\"json\")\nlocal M = {}\n\nfunction M.read(s)\n  return json.decode(s)\nend\n\nreturn M", "local json = require(\"json\")\n\nlocal M = {}\n\n-- as JSON\nfunction M.read(s)\n  return json.decode(s)\nend\n\nreturn M\n"),
    ("ruby", "require \"json\"\n\ndef read(path)\n  # as JSON¤\nend\n", "require 'json'\n\ndef read(path)\n  JSON.parse(File.read(path))\nend", "require \"json\"\n\ndef read(path)\n  # as JSON\n  JSON.parse(File.read(path))\nend\n"),
    ("kotlin", "import java.io.File\n\n// now¤\n", "import java.io.File\nimport java.time.Instant\n\nfun now() = Instant.now()", "import java.io.File\nimport java.time.Instant\n\n// now\nfun now() = Instant.now()\n"),
    ("csharp", "class A\n{\n    // the sum¤\n}\n", "using System.Linq;\n\nint Sum(int[] xs) => xs.Sum();", "using System.Linq;\n\nclass A\n{\n    // the sum\n    int Sum(int[] xs) => xs.Sum();\n}\n"),
    ("ruby", "# read JSON¤\n", "require 'json'", "# read JSON\nrequire 'json'\n"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "answer", "whole"), IMPORTS)
def test_imports_that_the_file_lacks_are_added(language: str, text: str, answer: str, whole: str) -> None:
    placement = answered(text, language, answer)
    assert (placement.refused, placement.warning) == (None, None)
    assert placement.result == whole


@pytest.mark.parametrize(("language", "text", "answer", "whole"), CASES)
def test_only_what_is_new(language: str, text: str, answer: str, whole: str) -> None:
    placement = answered(text, language, answer)
    assert (placement.refused, placement.warning) == (None, None)
    assert placement.result == whole


@pytest.mark.parametrize(("language", "placeholder"), PLAIN)
def test_a_placeholder_gives_way(language: str, placeholder: str) -> None:
    marker, function, body = PLAIN_FRAMES[language]
    whole = function.replace("§", body)
    placement = answered(f"{marker} double it¤\n{function.replace('§', placeholder)}", language, whole)
    assert (placement.refused, placement.warning) == (None, None)
    assert placement.result == f"{marker} double it\n{whole}"


@pytest.mark.parametrize(
    "line",
    [
        'raise ArgumentError, "negative" if x < 0',
        'raise "no todo is left" if todos.empty?',
        'die "cannot open $file: $!" unless -e $file;',
        'throw "no such file"',
        'stop("x must be positive")',
        "throw ball;",
        "return nullable",
        "nil?",
    ],
)
def test_what_does_something_stays(line: str) -> None:
    assert not is_plain_placeholder(line)


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("kotlin", "class A {\n    // two¤\n    fun two(): Int = TODO()\n}\n", "fun two(): Int = 2"),
        (
            "kotlin",
            "class A {\n    // two¤\n    fun two(): Int = TODO()\n}\n",
            "fun two(): Int {\n        return 2\n    }",
        ),
        ("scala", "class A {\n    // two¤\n    def two: Int = ???\n}\n", "def two: Int = 2"),
        (
            "csharp",
            "class A {\n    // two¤\n    int Two() => throw new NotImplementedException();\n}\n",
            "int Two() => 2;",
        ),
    ],
)
def test_a_function_in_one_line_is_written_in_its_place(language: str, text: str, code: str) -> None:
    stub = text.split("¤\n")[1].split("\n")[0].strip()
    flush = code.replace("\n    ", "\n")
    assert answered(text, language, flush).result == text.replace("¤", "").replace(stub, code)


def test_a_function_in_one_line_stays_where_the_code_is_for_another() -> None:
    text = "// three¤\nfun two(): Int = TODO()\n"
    assert (
        answered(text, "kotlin", "fun three(): Int = 3").result
        == "// three\nfun three(): Int = 3\nfun two(): Int = TODO()\n"
    )


BASH = "#!/bin/bash\n\n# log a message to stderr¤\nlog() {\n}\n\nlog start\n"


@pytest.mark.parametrize("answer", ['echo "$1" >&2', 'log() {\n    echo "$1" >&2\n}', '  echo "$1" >&2'])
def test_an_answer_without_the_header_is_the_body_of_an_empty_function(answer: str) -> None:
    assert answered(BASH, "shellscript", answer).result == BASH.replace("¤", "").replace("{\n", '{\n  echo "$1" >&2\n')


def test_another_function_goes_above_an_empty_one() -> None:
    placement = answered(BASH, "shellscript", 'warn() {\n    echo "$1" >&2\n}')
    assert "log() {\n}\n" in placement.result


def test_what_is_new_is_what_a_plan_speaks_of() -> None:
    text = "class A {\n    val prices = mutableListOf<Double>()\n\n    // the mean price¤\n}\n"
    own = "    fun mean(): Double {\n        return prices.average()\n    }"
    text, site = site_in(text, "kotlin")
    assert site is not None
    answer = f"class A {{\n    val prices = mutableListOf<Double>()\n\n{own}\n}}"
    made = "fun mean(): Double {\n    return prices.average()\n}"
    assert new_part(text, site, answer, language_of("kotlin")) == made


def test_what_stands_above_the_request_in_an_answer_is_the_files() -> None:
    text = "#!/bin/bash\n# the arguments\nfrom=$1\nto=$2\n\n# copy all¤\n"
    answer = 'if [ $# -ne 2 ]; then\n  exit 2\nfi\nfrom=$1\nto=$2\n\n# copy all\ncp "$from"/* "$to"\n'
    assert answered(text, "shellscript", answer).result == text.replace("¤", "") + 'cp "$from"/* "$to"\n'
    other = '# copy all\nfor f in "$from"/*; do\n  cp "$f" "$to"\ndone\n'
    assert answered(text, "shellscript", other).result.endswith(other)
