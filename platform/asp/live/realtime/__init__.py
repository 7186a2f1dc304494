"""The realtime process: one connection to Valkey, many event streams, no database and no apps."""
