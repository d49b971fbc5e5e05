"""Embedding models: finding or making one, and running it on llama.cpp or by sentence-transformers."""
