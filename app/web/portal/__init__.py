"""Pages that belong to no agency: the door of the house, and whether it stands."""
