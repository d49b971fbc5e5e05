"""Hugging Face folders become GGUF files: read, merged, written, checked against PyTorch, quantised, described.

Needs the extra ``train``. A folder is untrusted: weights come from safetensors files, and nothing in it is executed.
"""
