"""What the whole repository holds: which files there are, what each is for, what its documents are, and who includes whom."""
