"""Image files to pixels, image records and charts."""
