"""The outbox, the mail that leaves it, and the loop that runs the jobs."""
