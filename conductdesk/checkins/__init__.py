"""The programme's own form, by a link that needs no account; it can turn into a concern."""
