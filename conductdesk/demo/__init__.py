"""A living installation to look at: an invented cast, and cases in every state."""
