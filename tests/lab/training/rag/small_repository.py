"""A small repository to ask questions about, written into a folder."""

from __future__ import annotations

from pathlib import Path

NAMES = """\
import re


def make_slug(title, separator="-"):
    \"\"\"Turn a title into a slug for an address.\"\"\"
    words = re.findall(r"[a-z0-9]+", title.lower())
    return separator.join(words)


def split_name(text, *, marker):
    \"\"\"Split a full name at the given marker.\"\"\"
    first, _, rest = text.partition(marker)
    return first, rest


def _hidden(text):
    \"\"\"Do what nobody is to ask for.\"\"\"
    note = text
    return note
"""
PAGES = """\
from names import make_slug


def page_path(title, root):
    \"\"\"Return the path of a page below a root folder.\"\"\"
    slug = make_slug(title)
    return f"{root}/{slug}"


def count_pages(pages):
    \"\"\"Count the pages that have a title.\"\"\"
    titled = [page for page in pages if page.title]
    return len(titled)


class Site:
    def link(self, title):
        return make_slug(title, "_")
"""
TESTS = """\
from names import make_slug


def test_slug():
    assert make_slug("Hello, World!") == "hello-world"
"""
README = """\
# Pages

To get the address of a page from its title:

```python
path = page_path("My title", "site")
```
"""


def write(folder: Path) -> Path:
    """The repository, in a folder that is made."""
    (folder / "tests").mkdir(parents=True)
    (folder / "names.py").write_text(NAMES, encoding="utf-8")
    (folder / "pages.py").write_text(PAGES, encoding="utf-8")
    (folder / "tests" / "test_names.py").write_text(TESTS, encoding="utf-8")
    (folder / "README.md").write_text(README, encoding="utf-8")
    return folder
