"""ConductDesk: takes a concern in confidence and sees the inquiry through."""
