"""What keepers do with the register: each act leaves one entry in the scheme's log."""
