"""Notifications (通知提醒): one call announces; in-app, mail, digest, by each person's preferences."""
