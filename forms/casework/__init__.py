"""What casework knows apart from any form: case codes, a case's facts, its pathway and gates, consent, what
is due, and what a programme or a country has of its own.

Pure rules: dates, randomness and facts are passed in; nothing here reads a clock or a network, nor any file
but those that come with it.
"""
