"""A clearly fictional office, so that a newcomer meets the product full of life.

Every family name is the word for 'example', 'fairy tale' or 'invented' in its language; nobody
here exists. Start at `office.py`, which lets the office's workers live through their weeks by
real pushes; `people.py` holds the invented people, `diary.py` what happened to each.
"""
