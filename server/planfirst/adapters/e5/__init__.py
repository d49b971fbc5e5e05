"""multilingual-e5-small, made once from the weights in an optional package; it needs no torch."""

from planfirst.adapters.e5.folder import multilingual

__all__ = ["multilingual"]
