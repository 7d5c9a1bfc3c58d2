"""How fast the house is: measured as ratios to the same work done bare, in the same run."""
