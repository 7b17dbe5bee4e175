"""Measurements of everything else: runs give raw scores, metrics and reports make figures of them."""
