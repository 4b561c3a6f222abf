"""What each side sees of a case: frozen values, without the fields that it must not see."""
