"""How clearly the ridges of an image can be read, place by place, and where its print is."""
