variable "names" {
  description = "Names and ARNs of the pipeline, its build project, its push rule, their roles and log groups, as the naming module gives them."
  type = object({
    pipeline = object({
      name      = string
      arn       = string
      role      = object({ name = string, arn = string })
      log_group = object({ name = string, arn = string })
    })
    build = object({
      name      = string
      arn       = string
      role      = object({ name = string, arn = string })
      log_group = object({ name = string, arn = string })
    })
    release = object({
      name = string
      arn  = string
      role = object({ name = string, arn = string })
    })
    push = object({
      name = string
      arn  = string
      role = object({ name = string, arn = string })
    })
  })
}

variable "repository" {
  description = "The branch whose pushes are released, and its repository: name and ARN of one in CodeCommit, or, with the ARN of a connection (CodeConnections), its name there, for example `owner/location`."
  type = object({
    name           = string
    arn            = optional(string)
    branch         = optional(string, "main")
    connection_arn = optional(string)
  })

  validation {
    condition     = (var.repository.arn == null) != (var.repository.connection_arn == null)
    error_message = "A repository is in CodeCommit or behind a connection: one of arn and connection_arn must be given."
  }

  validation {
    # Connections made before 2024 have the old name of the service in their ARNs.
    condition     = var.repository.connection_arn == null ? true : can(regex("^arn:aws:(codeconnections|codestar-connections):[a-z0-9-]+:[0-9]{12}:connection/.+$", var.repository.connection_arn))
    error_message = "connection_arn must be the ARN of a connection, arn:aws:codeconnections:REGION:ACCOUNT:connection/ID."
  }

  validation {
    condition     = var.repository.connection_arn == null ? true : can(regex("^[^/]+(/[^/]+)+$", var.repository.name))
    error_message = "The name of a repository behind a connection has its owner before it, for example owner/location."
  }
}

variable "artifact_bucket" {
  description = "Name and ARN of the bucket that holds the pipeline's artifacts, and ARN of the key (or its alias) that they are encrypted under."
  type        = object({ name = string, arn = string, key = object({ arn = string }) })
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds the roles."
  type        = string
}

variable "packages" {
  description = "Where the build gets packages, as the naming module gives it: the CodeArtifact domain, its host, the index of own packages and the copy of PyPI."
  type = object({
    domain = object({ name = string, arn = string })
    host   = string
    own    = object({ arn = string, index_url = string, publish_url = string })
    public = object({ arn = string, index_url = string })
  })
}

variable "function" {
  description = "Name and ARN of the function to release, the alias that a release moves, and the instruction set that its bundle is built for. Null in the pipeline of a package."
  type        = object({ name = string, arn = string, alias = string, architecture = string })
  default     = null

  validation {
    condition     = (var.function == null) != (var.package_arn == null)
    error_message = "A pipeline releases a function or publishes a package: one of function and package_arn must be given."
  }

  validation {
    condition     = var.function == null ? true : contains(["x86_64", "arm64"], var.function.architecture)
    error_message = "function.architecture must be x86_64 or arm64."
  }
}

variable "contract" {
  description = "Where a release of the function puts its contract: the API's name, the parameter with its stage's URL, what its methods invoke, and the version of lambda_lib that does it. Null in the pipeline of a package."
  type = object({
    api_name           = string
    url_parameter      = object({ name = string, arn = string })
    integration_uri    = string
    lambda_lib_version = string
  })
  default = null

  validation {
    condition     = (var.function == null) == (var.contract == null)
    error_message = "contract must be given with function, and only then."
  }

  validation {
    condition     = var.contract == null ? true : can(regex("^[0-9]+([.][0-9]+)*([a-z]+[0-9]+)?$", var.contract.lambda_lib_version))
    error_message = "contract.lambda_lib_version must be one version, such as 0.1.0: a release does not run with whatever is the newest."
  }
}

variable "package_arn" {
  description = "ARN of the package that the build publishes. Null in the pipeline of a function."
  type        = string
  default     = null
}

variable "rollback_alarms" {
  description = "Names (10 at most) and ARN pattern of the alarms that roll a release of the function back."
  type        = object({ names = list(string), arn = string })
  default     = null

  validation {
    condition     = (var.function == null) == (var.rollback_alarms == null)
    error_message = "rollback_alarms must be given with function, and only then."
  }

  validation {
    condition     = var.rollback_alarms == null ? true : length(var.rollback_alarms.names) >= 1 && length(var.rollback_alarms.names) <= 10
    error_message = "rollback_alarms must name 1 to 10 alarms."
  }
}

variable "strategy" {
  description = "How a release shifts traffic: AllAtOnce, Canary<n>Percent<m>Minutes or Linear<n>PercentEvery<m>Minute(s)."
  type        = string
  default     = "Canary10Percent5Minutes"

  validation {
    condition     = can(regex("^(AllAtOnce|Canary[1-9][0-9]?Percent[1-9][0-9]*Minutes?|Linear[1-9][0-9]?PercentEvery[1-9][0-9]*Minutes?)$", var.strategy))
    error_message = "strategy must be AllAtOnce, or such as Canary10Percent5Minutes or Linear10PercentEvery1Minute."
  }
}

variable "build" {
  description = "CodeBuild's compute type, and the longest build (minutes)."
  type = object({
    compute_type    = optional(string, "BUILD_GENERAL1_SMALL")
    timeout_minutes = optional(number, 15)
  })
  default = {}

  validation {
    condition     = var.build.timeout_minutes >= 5 && var.build.timeout_minutes <= 2160
    error_message = "build.timeout_minutes must be 5 to 2160."
  }
}

variable "log_retention_days" {
  description = "Days that the events of builds and releases are kept."
  type        = number

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_retention_days)
    error_message = "log_retention_days must be one of the periods that CloudWatch Logs offers, up to 731."
  }
}
