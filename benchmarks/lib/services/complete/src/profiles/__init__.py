"""The typical service in lambda_lib."""
