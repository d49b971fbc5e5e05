"""Measures what retrieval, plan and model are worth, each against a plainer way of asking the same model."""
