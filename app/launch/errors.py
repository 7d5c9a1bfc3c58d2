"""What stops a start, said in one line for the person at the terminal."""


class LaunchError(Exception):
    """Something outside the program must change first; the message says what."""
