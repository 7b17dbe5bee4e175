"""Images without a print that look a little like one, made by program: weave, wood, text, stripes and so on."""
