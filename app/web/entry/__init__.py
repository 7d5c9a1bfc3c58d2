"""The pages on which an officer types in what people filled in on paper."""
