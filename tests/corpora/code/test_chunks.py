"""Each language is cut into its functions, types and commented statements."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planfirst.corpora.code.chunks import MAX_LINES, Chunk, chunks
from planfirst.corpora.code.grammars import BY_SUFFIX

PYTHON = '''"""Module."""

# Seconds to wait between two attempts.
DELAYS = [
    1, 2, 4,
]


class Reader(Base):
    """Reads rows from a file.

    More text.
    """

    size = 3

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    async def close(self):
        # tell every one who still waits
        for w in self.waiting:
            w.set()
        self.file.close()


def one_line(): return 1


def outer():
    \'\'\'Makes a counter.\'\'\'
    def inner():
        nonlocal n
        n += 1
    return inner
'''
TYPESCRIPT = """/**
 * Waits for the given number of milliseconds.
 * @param ms how long
 */
export async function sleep(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

// Debounces a call so that only the last one counts.
export const debounce = <T extends unknown[]>(f: (...args: T) => void) => {
  return later(f);
};

/** A point in the plane. */
export interface Point {
  x: number;
}

export class HttpClient {
  // Sends a request and parses its JSON.
  @log()
  async getJson(path: string) {
    // add the token to every request that we send
    const headers = { Authorization: this.token };
    const answer = await fetch(path, { headers });

    return answer.json();
  }

  readonly onClose = () => {
    done();
  };
}
"""
JAVASCRIPT = """// Adds two numbers together.
function addUp(a, b) {
  return a + b;
}

module.exports = { addUp };

const later = function (f) {
  queue.push(f);
};

class Queue {
  #size = 0;
  pushAll(items) {
    this.items.push(...items);
  }
}
"""
JAVA = """package x;

/**
 * Reads {@link Foo} rows from a file. And more.
 * @author me
 */
public class RowReader {
    /** Opens the file. */
    public RowReader(String path) {
        open(path);
    }

    @Override
    public int countRows() {
        // count what is left over here
        int total = 0;
        for (Row row : rows) total++;
        return total;
    }
}
"""
GO = """package main

// Retry calls f until it succeeds or the attempts run out.
func Retry(attempts int, f func() error) error {
	return errFailed
}

// Stack is a last-in first-out list.
type Stack[T any] struct {
	items []T
}

func (s *Stack[T]) PushItem(item T) {
	s.items = append(s.items, item)
}
"""
RUST = """/// Parses a number of seconds like `5m`.
#[inline]
pub fn parse_duration(text: &str) -> Option<u64> {
    Some(n)
}

/// A cache with a limit.
#[derive(Debug)]
pub struct LruCache<K, V> {
    map: HashMap<K, V>,
}

impl<K, V> LruCache<K, V> {
    /// Makes an empty cache.
    pub fn new(limit: usize) -> Self {
        Self { map, limit }
    }
}

trait Shape {
    fn area(&self) -> f64;
    fn double(&self) -> f64 {
        self.area() * 2.0
    }
}
"""
C = """#include <stdio.h>

/* Copies at most n bytes and ends with a zero. */
static char *copy_text(char *to, const char *from, size_t n) {
    return strncpy(to, from, n);
}

/** A node of a list. */
typedef struct node {
    struct node *next;
} node_t;

// How a colour is called.
enum colour {
    RED
};

int add(int a, int b);

struct point *make_point(void)
{
    return malloc(sizeof(struct point));
}
"""
CPP = r"""namespace geo {
/// \brief Adds two vectors.
template <class T>
Vec<T> operator+(const Vec<T>& a, const Vec<T>& b) {
    return Vec<T>(a.x + b.x);
}

// A circle with a radius.
class Circle : public Shape {
public:
    // Its area in square metres.
    double area() const {
        return 3.14 * r_ * r_;
    }
};

int Circle::countAll() {
    return ++n;
}
}
"""
FOUND = {
    (".py", PYTHON): {
        "": {"Seconds to wait between two attempts", "tell every one who still waits"},
        "Reader": {"Reads rows from a file"},
        "Reader.row_count": {"How many rows there are"},
        "Reader.close": {"close (Reader)"},
        "outer": {"Makes a counter"},
        "inner": {"inner"},
    },
    (".ts", TYPESCRIPT): {
        "sleep": {"Waits for the given number of milliseconds"},
        "debounce": {"Debounces a call so that only the last one counts"},
        "Point": {"A point in the plane"},
        "HttpClient": {"http client"},
        "HttpClient.getJson": {"Sends a request and parses its JSON"},
        "HttpClient.onClose": {"on close (HttpClient)"},
        "": {"add the token to every request that we send"},
    },
    (".jsx", JAVASCRIPT): {
        "addUp": {"Adds two numbers together"},
        "later": {"later"},
        "Queue": {"queue"},
        "Queue.pushAll": {"push all (Queue)"},
    },
    (".java", JAVA): {
        "RowReader": {"Reads Foo rows from a file"},
        "RowReader.RowReader": {"Opens the file"},
        "RowReader.countRows": {"count rows (RowReader)"},
        "": {"count what is left over here"},
    },
    (".go", GO): {
        "Retry": {"Retry calls f until it succeeds or the attempts run out"},
        "Stack": {"Stack is a last-in first-out list"},
        "Stack.PushItem": {"push item (Stack)"},
    },
    (".rs", RUST): {
        "parse_duration": {"Parses a number of seconds like `5m`"},
        "LruCache": {"A cache with a limit"},
        "LruCache.new": {"Makes an empty cache"},
        "Shape": {"shape"},
        "Shape.double": {"double (Shape)"},
    },
    (".c", C): {
        "copy_text": {"Copies at most n bytes and ends with a zero"},
        "node": {"A node of a list"},
        "colour": {"How a colour is called"},
        "make_point": {"make point"},
    },
    (".hpp", CPP): {
        "operator+": {"Adds two vectors"},
        "Circle": {"A circle with a radius"},
        "Circle.area": {"Its area in square metres"},
        "Circle.countAll": {"count all (Circle)"},
    },
}


def cut(suffix: str, text: str) -> list[Chunk]:
    return sorted(chunks(text.encode(), BY_SUFFIX[suffix]), key=lambda chunk: chunk.line)


def by_name(suffix: str, text: str) -> dict[str, Chunk]:
    return {chunk.name: chunk for chunk in cut(suffix, text)}


@pytest.mark.parametrize(("suffix", "text"), FOUND, ids=[suffix for suffix, _ in FOUND])
def test_what_is_found_and_what_asks_for_it(suffix: str, text: str) -> None:
    found: dict[str, set[str]] = {}
    for chunk in cut(suffix, text):
        found.setdefault(chunk.name, set()).add(chunk.question)
    assert found == FOUND[suffix, text]


def test_tsx_has_a_grammar_of_its_own() -> None:
    text = "export function Hello(props: Props) {\n  return <b title={props.name as string}>hi</b>;\n}\n"
    assert list(by_name(".tsx", text)) == ["Hello"]


def test_code_stands_at_the_margin_with_its_decorators_and_without_its_docstring() -> None:
    found = by_name(".py", PYTHON)
    assert found["Reader.row_count"].code == "@property\ndef row_count(self) -> int:\n    return len(self.rows)"
    assert found["Reader.row_count"].line == 17
    assert by_name(".ts", TYPESCRIPT)["debounce"].code.startswith("export const debounce = <T extends")
    assert by_name(".hpp", CPP)["operator+"].code.startswith("template <class T>\nVec<T> operator+")


def test_the_name_in_words_is_said_beside_a_comment_and_not_twice() -> None:
    found = by_name(".ts", TYPESCRIPT)
    assert found["HttpClient.getJson"].about == "get json (HttpClient)"
    assert found["HttpClient.onClose"].about == ""
    assert found[""].about == ""


def test_a_class_comes_without_the_bodies_of_its_methods() -> None:
    assert by_name(".py", PYTHON)["Reader"].code == (
        "class Reader(Base):\n    size = 3\n\n    @property\n    def row_count(self) -> int:\n        ...\n\n"
        "    async def close(self):\n        # tell every one who still waits\n        ..."
    )
    assert "public int countRows() { ... }" in by_name(".java", JAVA)["RowReader"].code


def test_a_commented_statement_goes_to_the_next_blank_line() -> None:
    first, second = (chunk for chunk in cut(".py", PYTHON) if not chunk.name)
    assert first.code == "DELAYS = [\n    1, 2, 4,\n]"
    assert second.code == "for w in self.waiting:\n    w.set()\nself.file.close()"


@pytest.mark.parametrize(
    "comment",
    [
        "# Copyright 2024 Somebody and others",
        "# noqa: F401 because of the tests",
        "# TODO make this faster some day",
        "# return compute(left, right)",
        "# -------------------------------",
        "# x = compute(y); z = x;",
        "#!/usr/bin/env python3",
    ],
)
def test_comments_that_ask_for_nothing(comment: str) -> None:
    found = cut(".py", f"{comment}\ndef read_all_rows(path):\n    return open(path).read()\n")
    assert [chunk.question for chunk in found] == ["read all rows"]
    assert cut(".py", f"{comment}\nvalue = compute_the_value(1, 2, 3)\n") == []


def test_a_long_function_is_cut_and_says_so() -> None:
    body = "".join(f"    step({n})\n" for n in range(200))
    (chunk,) = cut(".py", f"def long_one():\n{body}")
    lines = chunk.code.split("\n")
    assert len(lines) == MAX_LINES + 1
    assert lines[-1] == f"# ... {201 - MAX_LINES} more lines"


def test_line_ends_of_windows() -> None:
    (chunk,) = cut(".py", "def f(a):\r\n    '''Adds one to it.'''\r\n    return a\r\n")
    assert (chunk.question, chunk.code) == ("Adds one to it", "def f(a):\n    return a")


def test_code_with_errors_gives_what_can_be_read() -> None:
    found = by_name(".py", "def whole_one(a):\n    b = a\n    return b\n\n\ndef broken(:\n  ((\n")
    assert "whole_one" in found


def test_a_tree_deeper_than_pythons_stack() -> None:
    deep = "".join(f"{' ' * n}if a:\n" for n in range(3000)) + " " * 3000 + "pass\n"
    assert cut(".py", deep) == []
    assert cut(".js", "(" * 20_000) == []


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(FOUND)), st.integers(0, 400), st.integers(0, 60), st.binary(max_size=20), st.booleans())
def test_no_file_brings_it_down(sample: tuple[str, str], start: int, length: int, put: bytes, keep: bool) -> None:
    suffix, text = sample
    data = text.encode()
    spoilt = data[:start] + put + data[start + (0 if keep else length) :]
    for chunk in chunks(spoilt, BY_SUFFIX[suffix]):
        assert chunk.question
        assert chunk.code
        assert "\n" not in chunk.question


@pytest.mark.parametrize(
    ("suffix", "code"),
    [
        (".py", 'def make_slug(text):\n    """Turn a title into a slug."""\n'),
        (".py", 'def make_slug(text):\n    """Turn a title into a slug."""\n    ...\n'),
        (".py", "def make_slug(text):\n    # turn it into one\n    raise NotImplementedError\n"),
        (".ts", "// Shows the page to all.\nfunction showIt() {\n}\n"),
        (".rs", "/// Goes on for ever.\nfn go_on() {\n    todo!()\n}\n"),
        (".go", "package a\n// GoOn goes on for ever.\nfunc GoOn() {\n\t// later\n}\n"),
        (".c", "/* Goes on for ever. */\nint go_on(int a)\n{\n}\n"),
    ],
)
def test_what_is_still_to_be_written_is_no_example(suffix: str, code: str) -> None:
    assert list(chunks(code.encode(), BY_SUFFIX[suffix])) == []
