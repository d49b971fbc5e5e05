"""Fits a model to this machine: tries layouts and ways to run it, and keeps the quickest of equal quality."""
