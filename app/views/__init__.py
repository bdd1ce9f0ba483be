"""One file a tab: layout and event wiring, no logic."""
