"""The operations of OSIA's ABIS interface, a file for each kind of resource."""
