"""Measuring models: speed, memory, and what their pictures are worth."""
