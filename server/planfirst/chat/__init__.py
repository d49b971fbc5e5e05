"""Conversations with a model: turns, what of them fits the window, sampling, and where they are kept."""
