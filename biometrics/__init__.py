"""The domain: people, encounters, samples, templates, and the use cases on them."""
