"""The lab behind its views: what the browser holds of a run, what may be asked about it, what may be run from it."""
