"""Tunes a model to use what the store finds in one's own repositories, and measures what that is worth."""
