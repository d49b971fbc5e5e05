"""What the real models are asked in the bench; none of it is from a benchmark."""

from __future__ import annotations

# No recipe of the cookbook answers these.
STUBS = [
    'def longest_run(values: list[int]) -> int:\n    """The length of the longest run of equal values."""\n',
    'def initials(name: str) -> str:\n    """The first letters of the words of a name."""\n',
    'def overlap(a: tuple[int, int], b: tuple[int, int]) -> bool:\n    """Whether two closed ranges meet."""\n',
    'def columns(rows: list[dict]) -> list[str]:\n    """The keys of all rows, each once, in order."""\n',
    'def clock(seconds: int) -> str:\n    """Hours, minutes, seconds, as 01:02:03."""\n',
    'def next_free(names: set[str], name: str) -> str:\n    """The name, or with a number behind it."""\n',
]
DOCUMENTED = [
    '''def shifts(hours: dict[str, float], most: float = 8.0) -> dict[str, list[float]]:
    """Splits the hours of each person into shifts.

    A shift has at most ``most`` hours; the last one of a person may be shorter. People without hours are left out.

    >>> shifts({"Ann": 18.0, "Bo": 0.0})
    {'Ann': [8.0, 8.0, 2.0]}
    """
''',
    '''def masked(number: str, shown: int = 4) -> str:
    """A number with stars for all digits but the last ones.

    Blanks and dashes stay where they are, so that it can still be read in groups.

    >>> masked("4929 1234 5678 9012")
    '**** **** **** 9012'
    """
''',
    '''def streaks(days: list[date]) -> list[tuple[date, int]]:
    """The runs of days that follow each other without a gap: the first day of each, and how many days it has.

    Args:
        days: in any order; a day may occur more than once and counts once.

    Returns:
        The longest run first; of equally long ones the earlier.
    """
''',
    '''def change(amount: int, coins: list[int]) -> dict[int, int] | None:
    """The coins that make up an amount, the largest first, and how many of each.

    Args:
        amount: in cents, zero or more.
        coins: their values in cents, in any order.

    Returns:
        None where the amount cannot be made up in this way.
    """
''',
]
COMMENTS = [
    "# print the ten largest files below the current folder with their sizes",
    "# read prices.csv and print the mean price of each product",
    "# rename all .jpeg files in a folder to .jpg",
    "# ask for a number until the user enters one between 1 and 100",
    "# find lines of app.log that are longer than 200 characters",
    "# make a dict from the words of a text to the lines they stand in",
    "# wait until a file exists, at most one minute",
    "# print the days from today to the end of the month, one on each line",
    "# read a json file of people and sort them by age, the oldest first",
    "# count how often each extension occurs below a folder",
    "# draw five different numbers from 1 to 49 and print them sorted",
    "# replace tabs by four spaces in all python files of a folder",
]
# No code can do this, so that every candidate is written and checked.
IN_VAIN = '\n    >>> {name}() == {name}()\n    "never"\n'
TABLE = '''def table(rows: list[dict[str, str]], width: int = 20) -> str:
    """A line for each row, below a line of headers."""
    if not rows:
        return ""
    names = list(rows[0])
    lines = [" ".join(name.ljust(width) for name in names)]
    for row in rows:
        cells = []
        for name in names:
            cells.append(row.get(name, "").ljust(width))
        lines.append(" ".join(cells))
    return "\\n".join(lines)
'''
# What repeats its prompt: code that is mended, rewritten, adapted from an example.
REPEATING = [
    f"This function fails for values that are None. Write it again so that None is empty:\n```python\n{TABLE}```",
    f"Rename the parameter rows to records in this function, and change nothing else:\n```python\n{TABLE}```",
    f"a table of rows:\n```python\n{TABLE}```\n\nWrite Python code for this request: the same table as Markdown",
]
LONG = (
    'def f(x):\n    """'
    + "\n    ".join(f"{n}: the quick brown fox jumps over the lazy dog" for n in range(160))
    + '"""\n'
)
