"""What happens to acts and figures when parts of the house fail: injected here, on purpose."""
