"""The embedding model of the extra ``multilingual``, made once from the weights in a package."""
