"""The embedding model that Planfirst comes with, made once from the weights in a package that requires no torch."""
