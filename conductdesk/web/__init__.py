"""What both faces stand on: gate, pages, sessions, headers. Knows Flask, and no capability."""
