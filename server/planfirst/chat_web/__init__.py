"""``planfirst chat --web``: the same conversations on a page that only this machine, and only its opener, can reach."""
