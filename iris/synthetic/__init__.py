"""Near-infrared photos of eyes made by program, with what is where in them."""
