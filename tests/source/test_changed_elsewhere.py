"""Definitions elsewhere in the file that a request names as changing."""

from __future__ import annotations

from planfirst.source.change_requests import to_change
from planfirst.source.languages import language_of
from planfirst.source.locate import locate
from planfirst.source.place import new_part, place_code
from tests.source.sites import answered, found

SHAPES = """// TODO triangles, too: area() and label() have to know them¤
export type Shape = Circle | Rect;

export function area(shape: Shape): number {
  if (shape.kind === "rect") return shape.width * shape.height;
  // the old one
  return Math.PI * shape.radius ** 2;
}

export function label(shape: Shape): string {
  return shape.kind;
}

export function twice(shape: Shape): number {
  return 2 * area(shape);
}
"""
AREA = """export function area(shape: Shape): number {
  if (shape.kind === "rect") return shape.width * shape.height;
  if (shape.kind === "triangle") return shape.base * shape.height / 2;
  return Math.PI * shape.radius ** 2;
}"""
ANSWER = f"""export type Shape = Circle | Rect | Triangle;

{AREA}

export function twice(shape: Shape): number {{
  return area(shape) + area(shape);
}}
"""


def test_what_the_request_names_is_changed_and_nothing_else() -> None:
    placement = answered(SHAPES, "typescript", ANSWER)
    assert placement.refused is None
    old = SHAPES.replace("¤", "")
    wanted = old.replace("Circle | Rect;", "Circle | Rect | Triangle;").replace(
        "  // the old one\n",
        '  // the old one\n  if (shape.kind === "triangle") return shape.base * shape.height / 2;\n',
    )
    assert sorted(placement.result.splitlines()) == sorted(wanted.splitlines())
    assert placement.result.count("2 * area(shape)") == 1
    said = {said.code: said.args for said in placement.notices}
    assert said["answer-changes-code"] == {"name": "area"}


def test_of_what_is_changed_it_is_not_said_that_your_version_was_kept() -> None:
    new = "type Triangle = { base: number; height: number };\n"
    site = locate(SHAPES.replace("¤", ""), 0, 0, language_of("typescript"), change=False)
    assert site is not None
    said = place_code(SHAPES.replace("¤", ""), site, new + ANSWER, language_of("typescript")).notices
    (kept,) = [one.args["names"] for one in said if one.code == "answer-rewrote"]
    assert "area" not in kept
    assert "twice" in kept


def test_the_model_is_shown_all_of_it() -> None:
    changed = found(SHAPES, "typescript").task.changed
    assert changed.startswith("export type Shape = Circle | Rect;\n\nexport function area(")
    assert "function label(" in changed
    assert "function twice(" not in changed


def test_a_method_within_a_class_that_is_named_too_is_shown_once() -> None:
    box = "class Box {\n  width = 1;\n\n  area(): number {\n    return this.width ** 2;\n  }\n}\n"
    text = f"// `Box` and area() have to know heights, too¤\nexport type Shape = Box;\n\n{box}"
    assert found(text, "typescript").task.changed == f"export type Shape = Box;\n\n{box}".rstrip()
    alone = found(text.replace("`Box` and ", ""), "typescript").task.changed
    assert alone.endswith("\n\narea(): number {\n  return this.width ** 2;\n}")


def test_the_plan_speaks_of_all_of_it() -> None:
    text, site = SHAPES.replace("¤", ""), found(SHAPES, "typescript")
    assert new_part(text, site, ANSWER, language_of("typescript")) == ANSWER


def test_what_is_only_to_be_called_stays() -> None:
    assert to_change("this must use parse(text), and `render` has to know dates") == {"render"}
    assert to_change("the rows of parse(text), sorted") == set()
    text = "# should call parse(row) once¤\ndef rows(lines):\n    return [parse(x) or parse(x) for x in lines]\n\n\n"
    parse = "def parse(row):\n    return row.strip()\n"
    answer = "def rows(lines):\n    return [parse(x) for x in lines]\n\n\ndef parse(row):\n    return row\n"
    result = answered(text + parse, "python", answer).result
    assert result.endswith(parse)
    assert "[parse(x) for x in lines]" in result


def test_other_code_of_that_name_does_not_take_its_place() -> None:
    text = "# this is slow, and load() must not print¤\ndef rows(lines):\n    return list(lines)\n\n\n"
    load = "def load(path):\n    print(path)\n    with open(path) as file:\n        return rows(file.read())\n"
    answer = "def rows(lines):\n    return [*lines]\n\n\ndef load(path):\n    return None\n"
    assert answered(text + load, "python", answer).result.endswith(load)
