"""Other systems, run on the same images and pairs as ours in the same run, each in processes of its own."""
