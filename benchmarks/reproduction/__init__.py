"""The tables that the documentation publishes: their data sets, commands and figures."""
