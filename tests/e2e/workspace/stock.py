"""Reads what the warehouse exports."""

from pathlib import Path

STOCK = Path("stock.csv")

# read a csv file into a list of dicts


def slug(title):
    """Turn a title into a URL slug."""


# flatten a nested list
# in the order of its items

total = 0
