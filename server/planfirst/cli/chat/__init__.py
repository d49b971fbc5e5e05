"""``planfirst chat``: a conversation in the terminal, and what is kept of conversations."""
