"""The golden board: figures, targets and dates of an agency and of all below it."""
