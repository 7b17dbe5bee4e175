"""Scales of scores and of likelihood ratios, made from labelled images and checked on others."""
