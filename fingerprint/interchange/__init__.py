"""Finger minutiae records of other systems: ISO/IEC 19794-2 and ANSI INCITS 378, read and written."""
