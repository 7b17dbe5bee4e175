"""Cases of examiners: the steps as a state machine, their rows, and what each person may know of them."""
