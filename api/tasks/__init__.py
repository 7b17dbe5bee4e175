"""What is carried out later than it was asked for, and deliveries to other servers."""
