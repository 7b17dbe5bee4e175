"""ANSI/NIST-ITL files: bytes to records, and back to the same bytes.

Source: ANSI/NIST-ITL 1-2011 (NIST SP 500-290), clause 7 and annex B. The XML encoding (`biometrics.itl.xml`) has the
same records; `read` takes both. In the traditional encoding, a file is a Type-1 record and those that its field
1.003 lists. Most records are tagged: fields `type.number:value` parted by GS, the last one ended by FS; a value parts
into subfields by RS and those into items by US; field 999 holds bytes to the record's end. Types 3 to 8 are binary: a
length, an IDC and numbers of one or two bytes; they are read into the numbered fields that the standard gives them, so
that every record looks alike. Records and fields of unknown meaning are kept.
"""

from biometrics.itl.reading import Reading, encoding_of, parse, read
from biometrics.itl.record import (
    CNT,
    DAI,
    DAT,
    DATA,
    DCS,
    FS,
    GMT,
    GS,
    IDC,
    LEN,
    NSR,
    NTR,
    ORI,
    PRY,
    RS,
    TCN,
    TCR,
    TOT,
    US,
    VER,
    Encoding,
    Field,
    ItlRecord,
)
from biometrics.itl.writing import contents, serialise

__all__ = [
    "CNT",
    "DAI",
    "DAT",
    "DATA",
    "DCS",
    "FS",
    "GMT",
    "GS",
    "IDC",
    "LEN",
    "NSR",
    "NTR",
    "ORI",
    "PRY",
    "RS",
    "TCN",
    "TCR",
    "TOT",
    "US",
    "VER",
    "Encoding",
    "Field",
    "ItlRecord",
    "Reading",
    "contents",
    "encoding_of",
    "parse",
    "read",
    "serialise",
]
