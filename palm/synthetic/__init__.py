"""Generated palms for tests and benchmarks; they are of no real person."""
