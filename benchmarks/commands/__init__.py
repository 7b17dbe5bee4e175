"""The commands of `pehchan bench` and `pehchan calibrate`, a file each kind."""
