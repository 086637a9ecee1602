"""What device and server agree on: order of changes, their form on the wire, and merging.

Pure: standard library, marshmallow and the sealing library only. README.md beside this file is
the normative text; `app` imports this package and nothing else of `sync_server`.
"""
