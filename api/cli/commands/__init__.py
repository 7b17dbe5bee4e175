"""The commands of `pehchan`, one file per command or group of commands."""
