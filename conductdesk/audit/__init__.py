"""The audit log: a Merkle tree of entries that vouches for the rows of the main database."""
