"""Was this finger altered on purpose: cut, burnt, rubbed off, sewn?"""
