"""The form of a step that a model words as a comment behind a row of code, as a GBNF grammar."""

from __future__ import annotations

import re

# A comment that begins otherwise is a remark more often than not: "5 is Saturday", "no need to add it". Verbs that say
# how or why, and not what is done, are left out: "use a set", "ensure", "handle".
_ANY = re.findall(
    r"\w+",
    """
    Add Append Apply Ask Assign Build Calculate Call Catch Check Clear Close Collect Combine Compare Compute Connect
    Continue Convert Copy Count Create Decode Define Delete Determine Divide Download Draw Encode Extract Fetch Fill
    Filter Find For Format Generate Get Give Go Group If Ignore Import Increase Increment Initialize Insert Iterate Join
    Keep Limit Load Look Loop Make Map Match Merge Move Multiply Open Otherwise Pad Parse Pick Prepare Print Process Put
    Raise Read Remove Rename Repeat Replace Reset Return Reverse Round Run Save Search Select Send Set Show Skip Sort
    Split Start Stop Store Strip Subtract Sum Swap Take Test Throw Try Turn Update Validate Wait Walk While Wrap Write
    Yield
    """,
)
_BY_ROW = (
    (re.compile(r"return\b"), ["Return"]),
    (re.compile(r"yield\b"), ["Yield"]),
    (re.compile(r"(?:raise|throw)\b"), ["Raise", "Throw"]),
    (re.compile(r"\W*(?:if|else if|elif|elsif)\b"), ["If", "Check"]),
    (re.compile(r"try\b"), ["Try"]),
)


def grammar(row: str) -> str:
    """What the comment behind a row of code may be.

    Args:
        row: without white space around it.
    """
    verbs = next((verbs for begins, verbs in _BY_ROW if begins.match(row)), _ANY)
    return 'root ::= " " verb " " [^\\n]* "\\n"\nverb ::= ' + " | ".join(f'"{verb}"' for verb in verbs)
