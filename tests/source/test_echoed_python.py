"""What an answer repeats around the request is left out, in Python: the whole file is compared."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import pytest

from tests.source.sites import answered

CASES = [
    ("python", "import os\n\n\ndef f(rows):\n    total = 0\n    # add them up¤\n    return total\n", "from typing import List\n\ndef f(rows: List[int]) -> int:\n    total = 0\n    for row in rows:\n        total += row\n    return total", "import os\n\n\ndef f(rows):\n    total = 0\n    # add them up\n    for row in rows:\n        total += row\n    return total\n"),
    ("python", "def f(x):\n    if x:\n        # log x¤\n        return 1\n    return 2\n", "def f(x):\n    if x:\n        print(x)\n        return 1\n    return 2", "def f(x):\n    if x:\n        # log x\n        print(x)\n        return 1\n    return 2\n"),
    ("python", "def f(xs):\n    out = []\n    for x in xs:\n        # skip negatives¤\n        out.append(x)\n    return out\n", "def f(xs):\n    out = []\n    for x in xs:\n        if x < 0:\n            continue\n        out.append(x)\n    return out", "def f(xs):\n    out = []\n    for x in xs:\n        # skip negatives\n        if x < 0:\n            continue\n        out.append(x)\n    return out\n"),
    ("python", "def f(x):\n    match x:\n        case 1:\n            # say one¤\n            pass\n        case _:\n            return 0\n", "match x:\n    case 1:\n        print('one')\n    case _:\n        return 0", "def f(x):\n    match x:\n        case 1:\n            # say one\n            print('one')\n        case _:\n            return 0\n"),
    ("python", "import logging\n\n\ndef f(p):\n    try:\n        return open(p)\n    except OSError:\n        # log it¤\n        pass\n", "def f(p):\n    try:\n        return open(p)\n    except OSError:\n        logging.exception('no')", "import logging\n\n\ndef f(p):\n    try:\n        return open(p)\n    except OSError:\n        # log it\n        logging.exception('no')\n"),
    ("python", "# %%\nimport pandas as pd\ndf = pd.read_csv('a')\n\n# %%\n# mean of each column¤\n", "import pandas as pd\ndf = pd.read_csv('a')\nmeans = df.mean()\nprint(means)", "# %%\nimport pandas as pd\ndf = pd.read_csv('a')\n\n# %%\n# mean of each column\nmeans = df.mean()\nprint(means)\n"),
    ("python", "x = load()  # sort by name¤\nprint(x)\n", "x = load()\nx.sort(key=lambda r: r.name)", "x = load()  # sort by name\nx.sort(key=lambda r: r.name)\nprint(x)\n"),
    ("python", "import sys\n\nnames = ['a', 'b']\n# print each name in upper case¤\n", "import sys\n\nnames = ['a', 'b']\nfor name in names:\n    print(name.upper())", "import sys\n\nnames = ['a', 'b']\n# print each name in upper case\nfor name in names:\n    print(name.upper())\n"),
    ("python", "names = ['a', 'b']\n# sort them¤\nfor name in names:\n    print(name)\n", "names = ['a', 'b']\n# sort them\nnames.sort()\nfor name in names:\n    print(name)", "names = ['a', 'b']\n# sort them\nnames.sort()\nfor name in names:\n    print(name)\n"),
    ("python", "def f(xs):\n    ys = list(xs)\n    # sort them¤\n    return ys\n", "ys = list(xs)\nys.sort()\nreturn ys", "def f(xs):\n    ys = list(xs)\n    # sort them\n    ys.sort()\n    return ys\n"),
    ("python", "def f(xs):\n    # sort a copy¤\n    return ys\n", "ys = sorted(xs)\nreturn ys", "def f(xs):\n    # sort a copy\n    ys = sorted(xs)\n    return ys\n"),
    ("python", "def f(p):\n    h = open(p)\n    try:\n        return h.read()\n    finally:\n        # close it¤\n        pass\n", "def f(p):\n    h = open(p)\n    try:\n        return h.read()\n    finally:\n        h.close()", "def f(p):\n    h = open(p)\n    try:\n        return h.read()\n    finally:\n        # close it\n        h.close()\n"),
    ("python", "def f(p):\n    with open(p) as h:\n        # lines without blanks¤\n        pass\n", "def f(p):\n    with open(p) as h:\n        return [line for line in h if line.strip()]", "def f(p):\n    with open(p) as h:\n        # lines without blanks\n        return [line for line in h if line.strip()]\n"),
    ("python", "for row in rows:\n    # print its name¤\n    pass\n", "for row in rows:\n    print(row.name)", "for row in rows:\n    # print its name\n    print(row.name)\n"),
    ("python", "total = 0\nfor x in xs:\n    total += x\n# print the mean¤\n", "total = 0\nfor x in xs:\n    total += x\nprint(total / len(xs))", "total = 0\nfor x in xs:\n    total += x\n# print the mean\nprint(total / len(xs))\n"),
    ("python", "def f(x):\n    return x\n\n\nif __name__ == '__main__':\n    # print f of 1¤\n    pass\n", "def f(x):\n    return x\n\n\nif __name__ == '__main__':\n    print(f(1))", "def f(x):\n    return x\n\n\nif __name__ == '__main__':\n    # print f of 1\n    print(f(1))\n"),
    ("python", "def f(xs):\n    total = 0\n    # sum¤\n    return total\n\n\ndef broken(:\n", "def f(xs):\n    total = 0\n    total += sum(xs)\n    return total", "def f(xs):\n    total = 0\n    # sum\n    total += sum(xs)\n    return total\n\n\ndef broken(:\n"),
    ("python", "def f(n):\n    a = 1\n    # a letter¤\n    return s\n", "def f(n):\n    a = 1\n    s = '''Dear\n  thanks\nbye'''\n    return s", "def f(n):\n    a = 1\n    # a letter\n    s = '''Dear\n  thanks\nbye'''\n    return s\n"),
    ("python", "A = 1\n\n\ndef one():\n    return A\n\n\n# two¤\n", "A = 2\n\ndef one():\n    return A + 0\n\ndef two():\n    return 2", "A = 1\n\n\ndef one():\n    return A\n\n\n# two\ndef two():\n    return 2\n"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "answer", "whole"), CASES)
def test_what_is_repeated_stands_once(language: str, text: str, answer: str, whole: str) -> None:
    placement = answered(text, language, answer)
    assert (placement.refused, placement.warning) == (None, None)
    assert placement.result == whole
