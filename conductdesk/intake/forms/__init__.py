"""What is typed on the public face, made into frozen values."""
