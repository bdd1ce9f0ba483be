"""The command line: ``python -m var_core COMMAND``. The only place in the library that prints."""
