"""ANSI/NIST-ITL files in the XML encoding (NIEM): the same records as in the traditional one.

Source: ANSI/NIST-ITL 1-2011 (NIST SP 500-290), annex C, and INTERPOL's implementation of it (INT-I 6.00), whose
machine-readable tables give the element of each field. The elements are in elements.txt, and nowhere else. Fields
without an element are written in an extension of our own, pehchan.xsd, so that no field of a file is lost.
"""
