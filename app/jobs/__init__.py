"""Work that keeps nobody waiting. A job in the queue is a wake-up call: the truth is in tables."""
