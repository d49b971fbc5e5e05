from __future__ import annotations

import pytest

from planfirst.source.example_imports import with_imports

EXAMPLE = (
    "from __future__ import annotations\nimport time\nimport numpy as np\nfrom datetime import UTC, datetime\n\nx = 1\n"
)
BODY = "def f(t):\n    return t.replace(tzinfo=UTC)"


@pytest.mark.parametrize(
    ("code", "file", "added"),
    [
        (BODY, "", ["from datetime import UTC"]),
        (BODY, "from datetime import datetime, timezone\n", ["from datetime import UTC"]),
        (
            "y = time.time() + np.pi\nz = datetime",
            "",
            ["import time", "import numpy as np", "from datetime import datetime"],
        ),
        ("def f(x: 'datetime') -> None: ...", "", ["from datetime import datetime"]),
        (BODY, "UTC = 1\n", []),  # the file's own
        (f"from datetime import timezone\nUTC = timezone.utc\n{BODY}", "", []),
        ("def f(time):\n    return time", "", []),
        ("def f(:", "", []),
        ("print(x)", "", []),
    ],
)
def test_names_of_the_example_are_imported(code: str, file: str, added: list[str]) -> None:
    result = with_imports(code, EXAMPLE, file)
    assert result == ("\n".join([*added, "", code]) if added else code)


def test_future_imports_stay_first() -> None:
    code = f"from __future__ import annotations\nimport os\n{BODY}"
    assert with_imports(code, EXAMPLE).split("\n")[:3] == [
        "from __future__ import annotations",
        "from datetime import UTC",
        "import os",
    ]
    assert with_imports(BODY, "def (") == BODY
