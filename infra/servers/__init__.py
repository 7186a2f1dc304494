"""The embedded servers. Each module prepares its folder, gives a Spec and knows when it is ready."""
