"""The server's HTTP: everything that knows of requests, headers and status codes, and nothing else does."""
