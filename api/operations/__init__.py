"""What an operator needs beside the answers: logs, metrics, traces, health, and bounds on what runs at once."""
