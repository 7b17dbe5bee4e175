"""Photo line-ups: one suspect among five fillers, shown to witnesses by an officer who does not know which is which."""
