"""Records of people as frozen values: particulars, encounters, courts, retention."""
