"""How many of a request's words stand in a text: what vectors are bad at, such as names, is easy for this.

It needs no index. What the vectors found is looked at again, so it works over any store and costs a few milliseconds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from math import fsum, log

from planfirst.core.types import Pair

# Names in code are split at underscores and capitals, so that "read csv" is found in readCsv.
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")
# The language's name is among them, since it says nothing here: nearly every example is in it.
_SAYING_LITTLE = (
    "a an and are as at be by can do does for from get how i if in into is it its my of on or our python some that the "
    "their then there this to use using want we what when where which with without you your"
)
_COMMON = frozenset(_SAYING_LITTLE.split())
_CHARS = 4000  # of a text; what its vector stands for is shorter


def words(text: str) -> frozenset[str]:
    """The words of a request or of code in lower case, without endings and without those that say little."""
    return frozenset(all_words(text))


def all_words(text: str) -> list[str]:
    """The same in their order, each as often as it stands there."""
    found = (part.lower() for part in _PART.findall(text))
    return [_stem(word) for word in found if word not in _COMMON]


def shares(request: str, pairs: Sequence[Pair]) -> list[float]:
    """The share of the request's words that stand in what each pair is found by or in its code, 0 to 1.

    A word counts the more the fewer of the pairs have it: what all of the nearest share tells them not apart. A request
    without words shares nothing.
    """
    asked = words(request)
    texts = [(pair.about or pair.question, pair.code) for pair in pairs]
    there = [asked & (_words_of(text[:_CHARS]) | _words_of(code[:_CHARS])) for text, code in texts]
    found = Counter(word for some in there for word in some)
    weights = {word: log(1 + len(pairs) / (1 + found[word])) for word in asked}
    # A set's order changes from process to process, and with it the last digit of a plain sum.
    whole = fsum(weights.values())
    return [fsum(weights[word] for word in some) / whole if whole else 0.0 for some in there]


@lru_cache(maxsize=4096)
def _words_of(text: str) -> frozenset[str]:
    return words(text)


def _stem(word: str) -> str:
    """Enough for "sorting", "sorted" and "sorts" to be one word; no grammar."""
    if len(word) > 3 and word.endswith(("ies", "ied")):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    for ending in ("ing", "ed"):
        if len(word) > len(ending) + 2 and word.endswith(ending):
            word = word[: -len(ending)]
            if word[-1] == word[-2] and word[-1] not in "dlsz":
                word = word[:-1]  # getting, splitting
            break
    return word[:-1] if len(word) > 4 and word.endswith("e") else word
