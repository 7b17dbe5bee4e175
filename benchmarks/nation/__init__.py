"""A nation's gallery: the stages of one partition measured, the whole simulated, and the simulation checked."""
