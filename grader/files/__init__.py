"""Writing files safely: whole or not at all, with backups of what they replace."""
