"""Figures of a programme: what is counted, of whom, up to when, and what may leave the office.

`definitions` says what each indicator counts, `figures` computes it exactly (the internal output), `donor`
and `public` say what others get, `frozen` keeps a report so that a later one is explainable.
"""
