"""Work apart from a request: deferred requests, webhooks and other deliveries, background loops."""
