"""Measures of the quality of a photo of a face, after ISO/IEC 29794-5."""
