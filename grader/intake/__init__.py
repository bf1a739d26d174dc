"""From what a learning platform hands out (folders, zips, notebooks) to one submission each."""
