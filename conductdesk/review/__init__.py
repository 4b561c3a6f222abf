"""The auditor's desk: closed cases, their record, and whether the log is whole."""
