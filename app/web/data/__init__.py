"""What people ask about their data, and what the office does about it."""
