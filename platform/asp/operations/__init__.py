"""Running the host (运维): health, metrics, backups; pages of the host console."""
