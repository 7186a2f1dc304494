"""The relay (转发): takes messages over from their senders and delivers them in order, each exactly once."""
