"""Planners: a LoRA, on 4-bit weights where that works, that teaches a general model to plan (`train planner`)."""
