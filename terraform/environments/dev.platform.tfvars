# What only the platform root reads, beside dev.tfvars.
alarm_emails       = ["operators@example.com"]
monthly_budget_usd = 50
