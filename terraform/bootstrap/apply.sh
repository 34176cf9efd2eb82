#!/usr/bin/env bash
# Makes the bucket that holds the Terraform states of an environment, or brings it up to date, and writes the backend
# configuration of every root to ../environments/ENVIRONMENT.tfbackend. Prints each command before it runs it. Safe to run
# again, also after it was interrupted or the state of this root was lost.
#
# Usage: apply.sh ENVIRONMENT [OPTION of terraform apply]…
# Environment: TERRAFORM, the command to use instead of `terraform`; AWS credentials of an administrator.
set -euo pipefail
cd "$(dirname "$0")"

environment=${1:?which environment? It is a file ../environments/ENVIRONMENT.tfvars}
shift
terraform=${TERRAFORM:-terraform}
settings=../environments/$environment.tfvars
backend=../environments/$environment.tfbackend
address=module.state.aws_s3_bucket.this

exec 3>&2 # what run prints is seen also where the command's own errors are caught
run() {
  printf '+ %s\n' "$*" >&3
  "$@"
}

fail() {
  printf 'bootstrap: %s\n' "$1" >&2
  exit 1
}

# The names are those that the naming module computes: nothing here says them again.
name() {
  "$terraform" -chdir=../modules/naming console -var-file="../$settings" <<<"$1" | tr -d '"'
}

[ -r "$settings" ] || fail "$settings is missing"
bucket=$(name local.platform.state_bucket.name)
region=$(name var.region)
account=$(name var.account_id)

caller=$(run aws sts get-caller-identity --region "$region" --query Account --output text)
[ "$caller" = "$account" ] || fail "these are credentials of account $caller, and $environment is in $account"

# 404: nobody has it; any other refusal (403: another account has it) is not for us to mend.
if ! refusal=$(run aws s3api head-bucket --bucket "$bucket" --expected-bucket-owner "$account" --region "$region" 2>&1); then
  [[ $refusal == *404* ]] || fail "$refusal"
  # us-east-1 is the only region that may not be named as a location constraint.
  location=()
  [ "$region" = us-east-1 ] || location=(--create-bucket-configuration "LocationConstraint=$region")
  run aws s3api create-bucket --bucket "$bucket" --region "$region" "${location[@]}" >/dev/null
fi

cat >"$backend" <<END
# Where the states of $environment are, for \`terraform init -backend-config\`; written by bootstrap/apply.sh.
bucket       = "$bucket"
region       = "$region"
encrypt      = true
use_lockfile = true
END

run "$terraform" init -input=false -reconfigure -backend-config="$backend" -backend-config=key=bootstrap.tfstate
known=$("$terraform" state list "$address" 2>/dev/null || true)
if [ -z "$known" ]; then
  run "$terraform" import -input=false -var-file="$settings" "$address" "$bucket"
fi
run "$terraform" apply -var-file="$settings" "$@"

printf '\nThe other roots keep their states there too:\n'
printf '  terraform init -backend-config=%s -backend-config=key=%s\n' \
  "../environments/$environment.tfbackend" platform.tfstate \
  "../environments/$environment.tfbackend" 'services/SERVICE.tfstate'
