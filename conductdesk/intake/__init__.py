"""The public face: saying what happened, the receipt, and the mailbox that it opens."""
