"""The command line: one file a command in ``command/``, everything that is printed goes through ``printer``."""
