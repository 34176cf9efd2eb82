"""From the Terraform sources to what is to run: plans, the registry, unknown values, the declaration."""
