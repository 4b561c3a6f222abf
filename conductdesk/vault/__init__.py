"""Keys, grants, sealed text, receipts and unlocking: confidentiality at rest."""
