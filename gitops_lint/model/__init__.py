"""What one document means: typed views that keep their nodes."""
