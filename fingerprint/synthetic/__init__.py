"""Generated fingerprints for tests, the demo and large galleries."""
