"""The corpus of a folder of source code: its functions, classes and commented statements, in eight languages."""
