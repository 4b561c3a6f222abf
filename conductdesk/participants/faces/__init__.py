"""What the pages of the register show: frozen values, never a row."""
