"""Pages of the organization; each access is for the system administrator (系统管理员) alone."""
