"""A draft that several tests cut into parts."""

from __future__ import annotations

from planfirst.core.types import Task

STUB = 'def mean(numbers):\n    """The mean."""'
BODY = """
    if not numbers:
        return 0.0
    total = 0
    for number in numbers:
        total += number
    return total / len(numbers)
"""
TASK = Task("The mean.", stub=STUB)
TS = """export function mean(numbers: number[]): number {
  if (numbers.length === 0) {
    return 0;
  } else {
    console.log(numbers);
  }
  let total = 0;
  for (const number of numbers) {
    total += number;
  }
  return total / numbers.length;
}
"""
