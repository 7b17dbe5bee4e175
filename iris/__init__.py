"""Irises: from a near-infrared photo of an eye to a template, and from two templates to a distance."""
