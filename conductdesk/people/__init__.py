"""Accounts, offices and sign-in."""
