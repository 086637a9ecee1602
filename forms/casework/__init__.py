"""What casework knows apart from any form: case codes, a case's facts, its pathway, what is due.

Pure rules: dates, randomness and facts are passed in; nothing here reads a clock, a file or a network.
"""
