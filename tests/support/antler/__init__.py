"""A modality of its own, as a package outside the service would add it: antlers, recognised by an embedding."""
