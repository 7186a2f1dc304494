"""What pages read. Other apps use the package's door, `asp.workdays`."""
