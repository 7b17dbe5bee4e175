"""The operator's settings."""

from api.settings.settings import Settings as Settings
