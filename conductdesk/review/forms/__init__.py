"""What an auditor types, a module for each act."""
