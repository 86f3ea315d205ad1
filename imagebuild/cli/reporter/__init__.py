"""What is said while a build runs: ``plain`` for logs, ``live`` for terminals, ``machine`` for programs."""
