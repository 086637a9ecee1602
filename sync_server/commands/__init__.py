"""The server's commands: a module each, with `declare` for its arguments and `run`.

A command loads what it needs and nothing else: only `serve` brings the web, only those around forms the
form engine.
"""
