"""Puts a service's contract to its REST API, around the release of its code: `python -m lambda_lib_release`.

| step | before or after the alias moves | what |
|---|---|---|
| `add` | before | merges the contract into the API: what it adds and changes is there, what it removes still is |
| `settle` | after | removes what the contract no longer has |

The contract is merged and never overwritten: an import that overwrites resets what its body does not say, the resource
policy too, and who sends the policy has to be allowed to change it. So the role of a release needs no such permission.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-import-api-update.html

Each step reads back what API Gateway made of it and compares, and only then makes a deployment and moves the stage to
it: whatever fails before, the stage keeps its deployment. Each may be run again.

It is no part of `lambda_lib` because of what a release runs with: this package imports botocore and the standard
library only, so that a handful of pinned packages is all that meets a role that may change an API.
"""
