"""Who takes part in a scheme: an optional register, sealed under keys of its own."""
