"""From an image to a template: where the print is, its ridges, its minutiae."""
