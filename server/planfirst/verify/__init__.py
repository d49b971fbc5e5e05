"""Checks whether generated code does what it should, and tries again if it does not."""
