"""One sync of this device with its server: push, pull, attachments, finish.

`syncer.py` is the story; `http_client.py` the only HTTP on the device. Nothing here knows screens.
"""
