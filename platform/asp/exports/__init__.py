"""Tables as files (导出): made in the background, fetched by the one who asked, gone after a day."""
