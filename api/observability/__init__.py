"""Logs, metrics, traces, readiness."""
