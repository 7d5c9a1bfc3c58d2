"""What is done for an agency while nobody waits."""
