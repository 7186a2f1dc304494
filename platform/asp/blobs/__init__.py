"""The content store: encrypted objects on S3, uploads by tus, downloads from the content origin."""
