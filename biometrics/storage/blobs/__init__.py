"""The original image files: a folder or an S3 bucket, encrypted."""
