"""The service end to end, over HTTP: how long an answer takes, and what happens when more is asked than it can do."""
