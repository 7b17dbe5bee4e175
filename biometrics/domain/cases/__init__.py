"""Cases as frozen values: the steps of examiners as a state machine, and what each person may know of them."""
