"""The verbs of a case, a module for each stage; every one leaves exactly one action entry."""
