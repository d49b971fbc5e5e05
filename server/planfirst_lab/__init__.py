"""Planfirst's laboratory: measures what retrieval, plan and model are worth, trains and converts models.

It stands on `planfirst`, which knows nothing of it, and adds commands to it: see `planfirst.cli.plugins`.
"""
