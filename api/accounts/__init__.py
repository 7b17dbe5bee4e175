"""How people and programs are recognised: passwords, one-time codes, tokens, API keys, an outside provider."""
