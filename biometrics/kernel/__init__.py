"""What several features share: errors, people, casework, recognition, techniques, and who may do what."""
