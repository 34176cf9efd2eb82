"""DynamoDB in provisioned mode: moto keeps the items, and a governor admits what the declared capacity allows."""
