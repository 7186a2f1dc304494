"""Messages that leave a schema (发件箱, 收件箱): written in the transaction of the change, relayed, received once."""
