"""Forms of the desk; each ends in a frozen value."""
