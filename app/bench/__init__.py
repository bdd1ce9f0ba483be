"""``python -m app bench``: what people wait for, measured from outside on the real server."""
