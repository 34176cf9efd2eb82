"""The speed of lambda_lib beside its peers: warm requests, cold starts, bundle sizes (`make bench-lib`)."""
