"""Finding records by what is entered in them: fields, names, acts and sections."""
