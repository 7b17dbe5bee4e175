"""A modality of its own, as a package outside the service would add it: ears, recognised by an embedding."""
