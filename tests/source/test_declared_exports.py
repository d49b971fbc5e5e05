"""Imports of what JavaScript and TypeScript call of your own project."""

from __future__ import annotations

from pathlib import Path

import pytest

from planfirst.core.types import Declaration
from planfirst.source.declared_exports import with_exports
from planfirst.source.languages import language_of
from planfirst.source.locate import locate
from planfirst.source.place import place_code

RENDER = Declaration("render", "export function render(sum: Sum): string", "", "src/sums.ts", 3, module="/p/src/sums")
BASKET = Declaration("Basket", "export class Basket {\n}", "", "src/basket/index.ts", 1, True, "/p/src/basket/index")
HIDDEN = Declaration("render", "function render(page: Page): void", "", "src/pages.ts", 3, module="/p/src/pages")
DEFAULT = Declaration(
    "render", "export default function render(page: Page): void", "", "src/a.ts", 3, module="/p/src/a"
)
CODE = "export function shown(sum: Sum): string {\n  return render(sum);\n}"
FILE = Path("/p/src/web/page.ts")


def test_what_is_called_and_not_bound_is_imported() -> None:
    assert with_exports(CODE, [HIDDEN, RENDER], "", FILE) == f"import {{ render }} from '../sums';\n\n{CODE}"
    assert with_exports(CODE, [RENDER], "", Path("/p/src/page.ts")).startswith("import { render } from './sums';\n")


def test_a_class_and_the_index_of_a_folder() -> None:
    code = "const basket = new Basket();"
    assert with_exports(code, [BASKET], "", FILE) == f"import {{ Basket }} from '../basket';\n\n{code}"


def test_the_path_is_written_as_the_file_writes_them() -> None:
    text = 'import { other } from "./other.js"\n'
    assert with_exports(CODE, [RENDER], text, FILE).startswith('import { render } from "../sums.js"\n\n')


@pytest.mark.parametrize(
    "text",
    [
        "import { render } from './here';\n",
        "import {\n  other,\n  render,\n} from './here';\n",
        "import render from './here';\n",
        "function render() {}\n",
        "const render = () => 1;\n",
    ],
)
def test_what_the_file_binds_stays_its_own(text: str) -> None:
    assert with_exports(CODE, [RENDER], text, FILE) == CODE


@pytest.mark.parametrize(
    "code",
    [
        "function render(x: number) {\n  return render(x);\n}",
        "function f(render: () => void) {\n  render();\n}",
        "function f(x: Page) {\n  return x.render();\n}",
        "function f() {\n  // render(sum)\n  return 'render(sum)';\n}",
    ],
)
def test_nothing_is_imported_that_is_not_called_or_bound(code: str) -> None:
    assert with_exports(code, [RENDER], "", FILE) == code


def test_what_is_not_exported_by_its_name_cannot_be_imported() -> None:
    assert with_exports(CODE, [HIDDEN, DEFAULT], "", FILE) == CODE


def test_the_import_goes_to_the_top_of_the_file() -> None:
    imports = "import { Sum } from './sum';\n"
    text = f"{imports}\n/** Writes a sum for people. */\nexport function shown(sum: Sum): string {{\n}}\n"
    language = language_of("typescript")
    site = locate(text, 3, 3, language)
    assert site is not None
    placed = place_code(text, site, with_exports(CODE, [RENDER], text, FILE), language)
    assert placed.result.startswith(f"{imports}import {{ render }} from '../sums';\n\n/**")
