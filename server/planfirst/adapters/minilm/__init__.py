"""The embedding model that Planfirst comes with, made once from the weights in a package that requires no torch."""

from planfirst.adapters.minilm.folder import bundled, bundled_identity

__all__ = ["bundled", "bundled_identity"]
