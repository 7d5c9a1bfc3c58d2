"""Shows the staff the dossiers that they may read."""
