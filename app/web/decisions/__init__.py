"""What the head decides, what is published, and what is appealed."""
