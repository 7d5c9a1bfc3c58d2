"""Where heads of unit confirm their people."""
