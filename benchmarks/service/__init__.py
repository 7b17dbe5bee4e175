"""The service end to end over HTTP, alone and under load; finding records and standing searches in its database."""
