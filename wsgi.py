"""What a WSGI server runs: `wsgi:application`, both faces in one process.

To run the faces as two processes, give each server a module with `create_app` of its face alone.
"""

from __future__ import annotations

from conductdesk import create_app
from conductdesk.web.mount import mount

application = mount(create_app("public"), create_app("desk"))
