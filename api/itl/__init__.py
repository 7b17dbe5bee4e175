"""ANSI/NIST-ITL transactions: from a file to a use case, and its outcome to the answer's file."""
