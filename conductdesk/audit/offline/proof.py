"""Where a proof leads, and what to check its signature with: python3 proof.py PROOF KEY."""

import base64
import hashlib
import sys
from pathlib import Path

if len(sys.argv) != 3:
    sys.exit("Write: python3 proof.py PROOF KEY")
head, note = Path(sys.argv[1]).read_text("utf-8").split("\n\n", 1)
extra, index, *path = head.split("\n")[1:]
origin, size, root = note.split("\n")[:3]
node, at, last = base64.b64decode(extra[6:]), int(index[6:]), int(size) - 1
for step in map(base64.b64decode, path):
    if at & 1 or at == last:
        node = hashlib.sha256(b"\x01" + step + node).digest()
        while at and not at & 1:
            at, last = at >> 1, last >> 1
    else:
        node = hashlib.sha256(b"\x01" + node + step).digest()
    at, last = at >> 1, last >> 1
print(origin, size, "leads there" if last == 0 and node == base64.b64decode(root) else "DOES NOT")
line = next(line for line in note.split("\n") if line.startswith(f"— {origin} "))
der = bytes.fromhex("302a300506032b6570032100") + base64.b64decode(sys.argv[2].split("+", 2)[2])[1:]
for name, data in {
    "text": (note.split("\n\n")[0] + "\n").encode(),
    "signature": base64.b64decode(line.rpartition(" ")[2])[4:],
    "key.der": der,
}.items():
    Path(name).write_bytes(data)
