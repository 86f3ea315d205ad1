"""What became of every picture between two versions of a project."""
