# read a text file into a list of lines
# Plan:
# 1. Open the file with open(path)
# 2. Split its text with str.splitlines

DONE = True
