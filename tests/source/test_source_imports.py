from __future__ import annotations

import pytest

from planfirst.source.languages import language_of
from planfirst.source.locate import locate
from planfirst.source.place import place_code

PYTHON = language_of("python")


def _place(text: str, code: str, request: str = "# go") -> str:
    line = next(n for n, row in enumerate(text.split("\n")) if request in row)
    site = locate(text, line, line, PYTHON)
    assert site is not None
    return place_code(text, site, code, PYTHON).result


@pytest.mark.parametrize(
    ("text", "code", "result"),
    [
        # below the last import before the first definition
        ("import os\nx = 1\n\n# go\n", "import csv\ny = csv", "import os\nimport csv\nx = 1\n\n# go\ny = csv\n"),
        (
            "from a import (\n    b,\n)\n\ndef f():\n    # go\n\nimport z\n",
            "import csv\ncsv.x",
            "from a import (\n    b,\n)\nimport csv\n\ndef f():\n    # go\n    return csv.x\n\nimport z\n",
        ),
        ("import os; x = [\n]\n# go\n", "import csv\ncsv", "import os; x = [\n]\nimport csv\n# go\ncsv\n"),
        ("import os\n# go\nimport sys\n", "import csv\ncsv", "import os\nimport csv\n# go\ncsv\nimport sys\n"),
        ("import os  # go\n", "import csv\ncsv", "import os  # go\nimport csv\ncsv\n"),
        ("import os  # go", "import csv\ncsv", "import os  # go\nimport csv\ncsv"),
        # below the docstring
        ('"""Doc."""\n# go\n', "import csv\ncsv", '"""Doc."""\n\nimport csv\n\n# go\ncsv\n'),
        ('"""Doc.\n"""\n\nx = 1\n# go', "import csv\ncsv", '"""Doc.\n"""\n\nimport csv\n\nx = 1\n# go\ncsv'),
        # below shebang, coding line and licence
        ("# go\n", "import csv\ncsv", "import csv\n\n# go\ncsv\n"),
        (
            "#!/bin/x\n# coding: utf-8\n# go\n",
            "import csv\ncsv",
            "#!/bin/x\n# coding: utf-8\n\nimport csv\n\n# go\ncsv\n",
        ),
        ("# (c) us\n# all\n\n# go\n", "import csv\ncsv", "# (c) us\n# all\n\nimport csv\n\n# go\ncsv\n"),
        ("# go\n\nx = 1\n", "import csv\ncsv", "import csv\n\n# go\ncsv\n\nx = 1\n"),
        ("#!/bin/x\n\n# go\n", "import csv\ncsv", "#!/bin/x\n\nimport csv\n\n# go\ncsv\n"),
        # not below its use
        ("# go\nimport os\n", "import csv\ncsv", "# go\nimport csv\ncsv\nimport os\n"),
        ("# go\nimport csv\n", "import csv\ncsv", "# go\nimport csv\ncsv\nimport csv\n"),
        ('# go\n"""Doc."""\n', "import csv\ncsv", '# go\nimport csv\ncsv\n"""Doc."""\n'),
        (
            "def f():\n    # go\n\nimport os\n",
            "import csv\ncsv",
            "import csv\n\ndef f():\n    # go\n    return csv\n\nimport os\n",
        ),
        (
            "if x:\n    # go\n    y\nimport os\n",
            "import csv\ncsv",
            "if x:\n    # go\n    import csv\n    csv\n    y\nimport os\n",
        ),
        # line ends
        ("import os\r\n# go\r\n", "import csv\ncsv", "import os\r\nimport csv\r\n# go\r\ncsv\r\n"),
        # a file or code that does not parse keeps them in place
        ("x = (\n# go\n", "import csv\ncsv", "x = (\n# go\nimport csv\ncsv\n"),
        ("# go\n", "import csv\ncsv(", "# go\n"),  # it would be broken, so it stays as it was
        ("\ufeff# go\n", "import csv\ncsv", "\ufeff# go\nimport csv\ncsv\n"),
        # nothing but imports
        ("import os\n# go\n", "import csv", "import os\nimport csv\n# go\n"),
        ("import csv\n# go\n", "import csv", "import csv\n# go\n"),
        # one line with something else stays
        ("import os\n# go\n", "import csv; x = 1", "import os\n# go\nimport csv; x = 1\n"),
    ],
)
def test_the_place(text: str, code: str, result: str) -> None:
    assert _place(text, code) == result


@pytest.mark.parametrize(
    ("have", "code", "top", "below"),
    [
        ("import csv", "import csv\nx", "", "x"),
        ("import os", "import os.path\nx", "", "x"),
        ("import xml.dom", "import xml.sax\nx", "import xml.sax", "x"),
        ("import xml.dom.minidom", "import xml.dom\nx", "", "x"),
        ("from x import a", "from x import a, b as c\nx", "from x import b as c", "x"),
        ("from x import a", "from x import b\nfrom x import c, b\nx", "from x import b, c", "x"),
        ("from os import path", "import os.path as path\nx", "", "x"),
        ("from . import x", "from . import x, y\nx", "from . import y", "x"),
        ("import a", "import numpy as np\nnp", "import numpy as np", "np"),
        ("import a", "from b import *\nx", "from b import *", "x"),
        ("import a\ntry:\n    import c as json\nexcept ImportError:\n    import json", "import json\nx", "", "x"),
        # what is not there when the code runs
        ("import a\nif TYPE_CHECKING:\n    from b import c", "from b import c\nx", "from b import c", "x"),
        ("import a\nif typing.TYPE_CHECKING:\n    from b import c", "y = c()", "from b import c", "y = c()"),
        ("import a\nif TYPE_CHECKING:\n    from b import c", "y: c = 1", "", "y: c = 1"),
        ("import a\nif TYPE_CHECKING:\n    import ssl", "y: ssl.SSLContext = 1", "", "y: ssl.SSLContext = 1"),
        ("import a\nif TYPE_CHECKING:\n    import ssl", "y = ssl.OP_ALL", "import ssl", "y = ssl.OP_ALL"),
        ("import a\nif TYPE_CHECKING:\n    from b import c\nelse:\n    c = 1", "y = c()", "", "y = c()"),
        ("import a\ntry:\n    import csv\nexcept ImportError:\n    pass", "import csv\nx", "import csv", "x"),
        ("import a\ntry:\n    import csv\nexcept ImportError:\n    raise", "import csv\nx", "", "x"),
        (
            "import a\ntry:\n    import csv\nexcept ImportError:\n    if a:\n        raise\n    else:\n        raise a",
            "import csv\nx",
            "",
            "x",
        ),
        ("import a\ntry:\n    import csv\nfinally:\n    a", "import csv\nx", "", "x"),
        ("import a\nif a:\n    import csv", "import csv\nx", "import csv", "x"),
        ("import a\nif a:\n    import csv\nelse:\n    import csv", "x = csv.y", "", "x = csv.y"),
        ("import a\ndef f():\n    import csv", "x = csv.reader", "import csv", "x = csv.reader"),
        ("import a\nwith a:\n    import csv", "import csv\nx", "", "x"),
        # the name means something else
        ("import datetime", "from datetime import datetime\nx", "", "from datetime import datetime\nx"),
        ("load = 1", "from json import load, dump\nx", "from json import dump", "from json import load\nx"),
        ("import a", "import b as a\n\ndef g():\n    pass", "", "import b as a\n\ndef g():\n    pass"),
        # used, not imported
        ("import a", "x = csv.reader(math.pi)", "import csv\nimport math", "x = csv.reader(math.pi)"),
        ("import a", "import csv\nx = csv.reader", "import csv", "x = csv.reader"),
        ("math = 1", "x = math.pi", "", "x = math.pi"),
        ("import a", "time = 1\nx = time.real", "", "time = 1\nx = time.real"),
        ("import a", "def g(token):\n    return token.x", "", "def g(token):\n    return token.x"),
        ("import a", "x = numpy.pi", "", "x = numpy.pi"),
        ("import a", "import numpy\nfor csv in x:\n    csv.y", "import numpy", "for csv in x:\n    csv.y"),
    ],
)
def test_only_what_is_missing(have: str, code: str, top: str, below: str) -> None:
    rows = have.split("\n")
    place = 1 if rows[0].startswith(("import", "from")) else 0
    added = [top, *([] if place else [""])] if top else []
    wanted = [*rows[:place], *"\n".join(added).split("\n"), *rows[place:]] if added else rows
    assert _place(f"{have}\n# go\n", code) == "\n".join([*wanted, "# go", below, ""])


def test_future_imports_come_first() -> None:
    code = "from __future__ import annotations\nimport csv\ncsv"
    assert _place("# go\n", code) == "from __future__ import annotations\n\nimport csv\n\n# go\ncsv\n"
    head = '"""Doc."""\n\n'
    assert _place(f"{head}import os\n# go\n", code) == (
        f"{head[:-1]}\nfrom __future__ import annotations\n\nimport os\nimport csv\n# go\ncsv\n"
    )
    assert _place(f"{head}from __future__ import annotations\n# go\n", code) == (
        f"{head}from __future__ import annotations\nimport csv\n# go\ncsv\n"
    )


def test_names_of_the_function_around_count() -> None:
    text = "def f(time):\n    calendar = 1\n    # go\n    for queue in []: pass\n"
    assert _place(text, "x = time.a, calendar.b, queue.c") == text.replace(
        "# go\n", "# go\n    x = time.a, calendar.b, queue.c\n"
    )
    assert _place("def g(csv): pass\n" + text, "csv.x").startswith("import csv\n\ndef g")


def test_an_import_that_a_name_around_would_hide_stays_in_the_code() -> None:
    assert _place("def f(csv):\n    # go\n    pass\n", "import csv\ncsv.x") == (
        "def f(csv):\n    # go\n    import csv\n    return csv.x\n"
    )


def test_imports_alone_can_be_the_body_of_a_function() -> None:
    assert _place("def f():\n    # go\n", "import csv") == "def f():\n    # go\n    import csv\n"


def test_imports_of_a_stub_go_to_the_top() -> None:
    text = 'def f(p):\n    """Read it."""\n    pass\n'
    code = (
        'import csv\n\ndef f(p):\n    """Read."""\n    with open(p) as file:\n        return list(csv.reader(file))\n'
    )
    assert _place(text, code, "Read it") == (
        'import csv\n\ndef f(p):\n    """Read it."""\n'
        "    with open(p) as file:\n        return list(csv.reader(file))\n"
    )
