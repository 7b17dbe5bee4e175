"""What is learned from data and committed: each module is a command that makes its file again."""
