"""Standing searches, duplicate checks after an enrolment, notifications."""
