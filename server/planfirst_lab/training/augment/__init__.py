"""Training rows for planners: a teacher words each question anew and plans for it (`planfirst train augment`)."""
