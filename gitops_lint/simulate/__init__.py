"""What the real controllers would do with the repository, offline."""
