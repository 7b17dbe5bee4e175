"""What is recognised: modalities, samples, templates, and how strong a score is as evidence."""
