"""The child process that reads an uploaded file: checks what it is, and takes its metadata out.

Run as `python -m conductdesk.vault.stripping KIND`: clear bytes come in on stdin, the working copy
goes out on stdout, and the exit code says what was wrong. It may not write a file, and has bounds
on memory and time, because it runs parsers on bytes that a stranger chose. No key and no setting
is within its reach.
"""
