"""The form of a step that a model words as a comment, as GBNF grammars."""

from __future__ import annotations

# A comment that begins otherwise is a remark more often than not: "5 is Saturday", "no need to add it". Verbs that say
# how or why, and not what is done, are left out: "use a set", "ensure", "handle".
IN_ENGLISH = r"""
root ::= " " verb " " [^\n]* "\n"
verb ::= ("Add" | "Append" | "Apply" | "Ask" | "Assign" | "Build" | "Calculate" | "Call" | "Catch" | "Check" | "Clear"
  | "Close" | "Collect" | "Combine" | "Compare" | "Compute" | "Connect" | "Continue" | "Convert" | "Copy"
  | "Count" | "Create" | "Decode" | "Define" | "Delete" | "Determine" | "Divide" | "Download" | "Draw"
  | "Encode" | "Extract" | "Fetch" | "Fill" | "Filter" | "Find" | "Format" | "Generate" | "Get" | "Give" | "Go"
  | "Group" | "If" | "Ignore" | "Import" | "Increase" | "Increment" | "Initialize" | "Insert" | "Iterate"
  | "Join" | "Keep" | "Limit" | "Load" | "Look" | "Loop" | "Make" | "Map" | "Match" | "Merge" | "Move"
  | "Multiply" | "Open" | "Otherwise" | "Pad" | "Parse" | "Pick" | "Prepare" | "Print" | "Process" | "Put"
  | "Raise" | "Read" | "Remove" | "Rename" | "Repeat" | "Replace" | "Reset" | "Return" | "Reverse" | "Round"
  | "Run" | "Save" | "Search" | "Select" | "Send" | "Set" | "Show" | "Skip" | "Sort" | "Split" | "Start" | "Stop"
  | "Store" | "Strip" | "Subtract" | "Sum" | "Swap" | "Take" | "Test" | "Throw" | "Try" | "Turn" | "Update"
  | "Validate" | "Wait" | "Walk" | "While" | "Wrap" | "Write" | "Yield")
"""
# A model comments in English of its own accord, whatever the language of the request.
IN_KOREAN = r"""
root ::= " " [가-힣] [^\n]* "\n"
"""
