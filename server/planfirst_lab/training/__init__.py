"""The recipe that trains the starter model. Needs the extra ``train``; the entry is `command.train_starter`."""
