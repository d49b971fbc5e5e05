"""Rows for a model that follows a changed plan: a function, one thing in it changed, and the step that says so."""
