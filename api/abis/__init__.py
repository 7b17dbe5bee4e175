"""What the ABIS interfaces, OSIA's and MOSIP's, have in common: the service behind them, and calls to other servers."""
