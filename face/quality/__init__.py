"""How good a photo of a face is, in parts, after ISO/IEC 29794-5."""
