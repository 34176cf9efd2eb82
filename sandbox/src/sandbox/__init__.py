"""Runs the Terraform plans of the services on one machine: no account, no Docker, true to capacity."""
