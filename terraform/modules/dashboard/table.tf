# A graph for the table and for each index: their capacities are apart.
locals {
  resources = concat(
    [{ title = var.table.name, dimensions = ["TableName", var.table.name] }],
    [for index in var.table.indexes : {
      title      = "${var.table.name}/${index}"
      dimensions = ["TableName", var.table.name, "GlobalSecondaryIndexName", index]
    }],
  )

  # Units per second. What is provisioned is reported every five minutes.
  capacity_graphs = [for pair in setproduct(["Read", "Write"], local.resources) : {
    title = "${pair[0]} capacity of ${pair[1].title} (units per second)"
    metrics = [
      [{ expression = "consumed / PERIOD(consumed)", label = "consumed" }],
      concat(["AWS/DynamoDB", "Consumed${pair[0]}CapacityUnits"], pair[1].dimensions, [{ id = "consumed", visible = false }]),
      concat(["AWS/DynamoDB", "Provisioned${pair[0]}CapacityUnits"], pair[1].dimensions, [{ stat = "Average", period = 300, label = "provisioned" }]),
    ]
  }]

  throttle_graphs = [for resource in local.resources : {
    title = "Throttles of ${resource.title} by cause"
    metrics = [
      for metric in setproduct(["Read", "Write"], ["ProvisionedThroughput", "KeyRangeThroughput", "AccountLimit"]) :
      concat(["AWS/DynamoDB", "${metric[0]}${metric[1]}ThrottleEvents"], resource.dimensions)
      # The account's limit has no metric of writes to an index.
      if join("", metric) != "WriteAccountLimit" || length(resource.dimensions) == 2
    ]
  }]
}
