"""Planfirst's way to the world outside: one port each."""
