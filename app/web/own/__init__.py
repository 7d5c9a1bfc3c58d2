"""The pages of somebody's own dossier."""
