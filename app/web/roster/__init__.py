"""The roster and the cycle: who is assessed in which year."""
