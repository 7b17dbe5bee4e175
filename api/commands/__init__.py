"""The subcommands of `pehchan`, one file a theme."""
