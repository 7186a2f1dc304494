"""What a process tells about itself (可观测): metrics, heartbeats, statements, checks. Lies below everything that tells."""
