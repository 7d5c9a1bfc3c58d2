"""What a province shows to everybody: counts, and none so small that it speaks of persons."""
