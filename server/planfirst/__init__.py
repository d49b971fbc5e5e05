"""Planfirst plans before it codes: it retrieves a similar question, writes a plan, then prompts for the code."""

__version__ = "0.1.0"
