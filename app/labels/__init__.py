"""What domain words are called on a page, in the reader's language."""
