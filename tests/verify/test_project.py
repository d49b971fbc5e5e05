from __future__ import annotations

import sys
from pathlib import Path

import pytest

from planfirst.verify.project import Project, project_of


@pytest.fixture
def shop(tmp_path: Path) -> Project:
    files = {
        "shop/__init__.py": "",
        "shop/stock.py": "",
        "shop/prices.py": "from .rates import RATES\n",
        "shop/rates.py": "RATES = {}\n",
        "tests/conftest.py": "import helpers\n",
        "tests/helpers.py": "",
        "tests/test_stock.py": "from shop.stock import load\n\n\ndef test_load():\n    assert load('') == []\n",
        "tests/test_other.py": "def test_load():\n    load = 1\n    assert load\n",
        "node_modules/test_bad.py": "from shop.stock import load\n\n\ndef test_bad():\n    load()\n",
        ".venv/lib/python3.9/site-packages/pricelib/__init__.py": "",
        "unused.py": "",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Project(tmp_path, tmp_path / "shop" / "stock.py")


def test_a_file_has_a_name_and_a_module(shop: Project) -> None:
    assert (shop.name, shop.module) == ("shop/stock.py", "shop.stock")
    assert Project(shop.root, shop.root / "shop" / "__init__.py").module == "shop"
    assert Project(shop.root, shop.root / "unused.py").module == "unused"
    assert Project(shop.root, shop.root / "my-script.py").module == ""
    assert Project(shop.root, shop.root / "note.ipynb").module == ""


def test_the_tests_that_name_a_function(shop: Project) -> None:
    (check,) = shop.tests("load")
    assert (check.kind, check.file, check.names) == ("tests", "tests/test_stock.py", ("test_load",))
    assert shop.tests("missing") == []


def test_the_tests_that_stand_beside_a_function(shop: Project) -> None:
    own = "class LoadTest:\n    def test_load(self):\n        load('')\n\n\ndef test_it():\n    load('')\n"
    text = f"def load(path):\n    pass\n\n\n{own}"
    beside, other = shop.tests("load", text)
    assert (beside.file, beside.names) == ("shop/stock.py", ("LoadTest.test_load", "test_it"))
    assert other.file == "tests/test_stock.py"
    assert shop.tests("test_it", text) == []
    assert shop.layout(text, [beside]).files["work/shop/stock.py"] == text.encode()


def test_a_run_gets_what_it_imports_and_no_more(shop: Project) -> None:
    layout = shop.layout("from shop import prices\n", shop.tests("load"))
    assert layout.files["work/shop/stock.py"] == b"from shop import prices\n"
    assert set(layout.files) == {
        *("work/shop/stock.py", "work/shop/__init__.py", "work/shop/prices.py", "work/shop/rates.py"),
        *("work/tests/test_stock.py", "work/tests/conftest.py", "work/tests/helpers.py"),
    }
    assert layout.file == "work/shop/stock.py"
    assert layout.module == "shop.stock"
    assert layout.path == ("work", "work/tests")


def test_links_lead_nowhere(shop: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.py"
    outside.write_text("KEY = 1\n")
    (shop.root / "secret.py").symlink_to(outside)
    (shop.root / "tests" / "test_secret.py").symlink_to(outside)
    (shop.root / "around").symlink_to(shop.root)
    assert "work/secret.py" not in shop.layout("import secret\n", ()).files
    assert len(shop.tests("load")) == 1


def test_what_can_be_imported(shop: Project) -> None:
    assert shop.finds("shop")
    assert shop.finds("unused")
    assert shop.finds("pricelib")  # from the project's own environment
    assert not shop.finds("pricelab")
    assert not shop.finds("pytest")  # this process has it, but the project has an environment of its own
    (shop.root / ".venv/lib/python3.9/site-packages/__editable__.own_tools-1.0.pth").touch()
    assert shop.finds("own_tools")  # it lies elsewhere
    assert Project(shop.root / "shop", shop.file).finds("anything")  # nobody knows what is there


def test_packages_of_another_python_are_not_shown(shop: Project) -> None:
    assert shop.packages() == []
    own = shop.root / "venv" / "lib" / f"python3.{sys.version_info[1]}" / "site-packages"
    own.mkdir(parents=True)
    assert shop.packages() == [own]


def test_the_innermost_folder_is_the_project(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "c.py"
    assert project_of(file, [tmp_path, tmp_path / "a", tmp_path / "z"]).root == tmp_path / "a"
    assert project_of(file, []).root == file.parent


def test_odd_files_do_no_harm(shop: Project) -> None:
    (shop.root / "tests" / "test_bytes.py").write_bytes(b"\xff\xfeload")
    (shop.root / "tests" / "test_large.py").write_text("# load\n" * 100_000)
    (shop.root / "tests" / "test_broken.py").write_text("from shop.stock import load\ndef (")
    (shop.root / "tests" / "test_folder.py").mkdir()
    assert [check.file for check in shop.tests("load")] == ["tests/test_stock.py"]


def test_a_name_that_a_module_of_the_project_lacks(shop: Project) -> None:
    assert shop.lacks("shop.rates", "PRICES")
    assert shop.lacks("shop", "RATES")
    for module, name in (("shop.rates", "RATES"), ("shop.prices", "RATES"), ("shop", "rates"), ("json", "nothing")):
        assert not shop.lacks(module, name), (module, name)
    assert not shop.lacks("shop.stock", "load")  # the file itself is newer than what is saved of it


@pytest.mark.parametrize(
    "text",
    [
        "from elsewhere import *\n",
        "def __getattr__(name):\n    return 1\n",
        "globals()['X'] = 1\n",
        "def (",
        "if 1:\n    PRICES = 1",
    ],
)
def test_of_a_module_that_may_have_any_name_nothing_is_said(shop: Project, text: str) -> None:
    (shop.root / "shop" / "rates.py").write_text(text)
    assert not shop.lacks("shop.rates", "PRICES")


def test_a_module_that_cannot_be_read_lacks_nothing(shop: Project) -> None:
    (shop.root / "shop" / "rates.py").write_bytes(b"\xff\xfe")
    assert not shop.lacks("shop.rates", "PRICES")
