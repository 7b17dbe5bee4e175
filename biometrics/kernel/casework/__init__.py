"""The parts of a case: questions, opinions, their grounds, and what an examiner draws."""
