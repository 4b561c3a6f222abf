"""Cases: the procedure, and the desk that officers work at."""
