"""People, encounters and galleries under the ids of OSIA's clients."""
