"""The text of a source file: where a request stands in it, and where code goes.

Pure functions over ``str``. Nothing here knows of an editor, a protocol or a model. Lines are counted from zero and end
only at ``\\n``, ``\\r\\n`` and ``\\r``.
"""
