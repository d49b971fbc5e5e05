"""Tuples for Java, by the names of the library javatuples, which the prompts of MultiPL-E import.

They are our own and have what an answer and its tests need: making one, taking its values, and comparing it.
"""

from __future__ import annotations

from typing import Final

NAMES: Final = ("Unit", "Pair", "Triplet", "Quartet", "Quintet")
_CLASS = """package org.javatuples;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

public final class {name}<{types}> implements Iterable<Object> {{
{fields}

    public {name}({parameters}) {{
{kept}
    }}

    public static <{types}> {name}<{types}> with({parameters}) {{
        return new {name}<>({arguments});
    }}

{getters}

    public Object getValue(int index) {{
        return toList().get(index);
    }}

    public int getSize() {{
        return {size};
    }}

    public List<Object> toList() {{
        return Arrays.asList({arguments});
    }}

    public Iterator<Object> iterator() {{
        return toList().iterator();
    }}

    @Override
    public boolean equals(Object other) {{
        return other instanceof {name} && toList().equals((({name}<{any}>) other).toList());
    }}

    @Override
    public int hashCode() {{
        return toList().hashCode();
    }}

    @Override
    public String toString() {{
        return toList().toString();
    }}
}}
"""


def _written(name: str, size: int) -> str:
    types, values = list("ABCDE"[:size]), [f"value{n}" for n in range(size)]
    pairs = list(zip(types, values, strict=True))
    getter = "    public {type} getValue{n}() {{\n        return value{n};\n    }}"
    setter = (
        "    public {name}<{types}> setAt{n}({type} value{n}) {{\n        return new {name}<>({arguments});\n    }}"
    )
    given = {"name": name, "types": ", ".join(types), "arguments": ", ".join(values)}
    methods = [form.format(n=n, type=types[n], **given) for n in range(size) for form in (getter, setter)]
    return _CLASS.format(
        **given,
        size=size,
        any=", ".join("?" * size),
        parameters=", ".join(f"{kind} {value}" for kind, value in pairs),
        fields="\n".join(f"    private final {kind} {value};" for kind, value in pairs),
        kept="\n".join(f"        this.{value} = {value};" for value in values),
        getters="\n\n".join(methods),
    )


# By path; all of them, since a prompt imports the whole package.
FILES: Final = {
    f"org/javatuples/{name}.java": _written(name, size).encode() for size, name in enumerate(NAMES, start=1)
}
