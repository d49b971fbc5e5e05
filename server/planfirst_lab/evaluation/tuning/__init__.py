"""How a model is best asked: `planfirst models tune`."""
