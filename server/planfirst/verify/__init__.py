"""Finds out whether generated code does what it should, and tries again when it does not."""
