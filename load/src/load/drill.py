"""A drill from the check of the account to the summary.

Needs gevent's monkey patches, see `load.arrivals`.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import boto3
from botocore.exceptions import ClientError

from load import account, names
from load.arrivals import Load
from load.drive import Drive
from load.errors import PreconditionError
from load.phases import Limits, limits_for
from load.plan import Plan, Read, plan_for
from load.report import Summary, plan_text
from load.schedule import Schedule
from load.signature import Signer
from load.table import read_bucket
from load.targets import Drill
from load.watch import Watch

MAX_RATE_PER_S = 500.0
"""Requests per second that one process sends on time (measured: see the README); a drill that needs more is refused."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks for.

    Attributes:
        drill: The drill.
        service: The service to drive.
        environment: Its environment.
        allow_accounts: Account ids; any other is refused.
        allow_environments: Environments; when empty, all but `prod*`.
        target_s: Seconds to throttle from a full bucket, which the demand is chosen for.
        time_limit_s: Limit of the whole drill.
        max_cost_usd: Limit of the estimated cost of the longest load.
        read: What each request reads.
        users: Number of users that the requests go round.
    """

    drill: Drill
    service: str
    environment: str
    allow_accounts: tuple[str, ...]
    allow_environments: tuple[str, ...]
    target_s: float
    time_limit_s: float
    max_cost_usd: float
    read: Read
    users: int


def run(options: Options, *, say: Callable[[str], None], say_every_s: float) -> Summary:
    """Runs a drill.

    Args:
        options: What to do.
        say: Takes a line of progress.
        say_every_s: Time between two lines of progress.

    Raises:
        LoadError: The drill was refused, or could not be started.
    """
    account.check_environment(options.environment, options.allow_environments)
    environment, service = options.environment, options.service
    table, alarm = names.table_name(environment, service), names.alarm_name(environment, service, options.drill.alarm)
    route = options.drill.route(service)
    with account.aws_errors():
        caller = account.caller_session()
        who = account.check_account(caller, options.allow_accounts)
        role_arn = names.operator_role_arn(environment, who.account_id, who.partition)
        session = account.operator_session(caller, role_arn)
        url = _service_url(session, names.url_parameter(environment, service))
        plan = plan_for(table, read_bucket(session, table, now=time.time()), options.read, target_s=options.target_s)
        limits = limits_for(options.target_s, options.time_limit_s)
        _check_size(plan, limits, options.max_cost_usd)
        watch = Watch(session.client("cloudwatch"), alarm=alarm, table=table, environment=environment)
    say(plan_text(plan))
    others = ", ".join(sorted(watch.others)) or "none"
    say(f"Drives {url} as {role_arn}; watches {alarm}; other tables: {others}")

    def target(number: int) -> str:
        return route.request_target(names.user_id(number % options.users + 1), consistent=options.read.consistent)

    signer = Signer(account.credentials(session), session.region_name)

    def load(schedule: Schedule) -> Load:
        return Load(url=url, target=target, sign=signer.headers, schedule=schedule)

    drive = Drive(plan, limits=limits, load=load, watch=watch, say=say, say_every_s=say_every_s)
    outcome = drive.run()
    return Summary(
        title=f"Drill {options.drill.alarm} of {service} in {environment}",
        alarm=alarm,
        outcome=outcome,
        plan=drive.plan,
        course=drive.course,
        tally=drive.load.tally,
        load_s=drive.load.ran_s,
        trickle=drive.trickle.tally,
        began_at=drive.began_at,
    )


def _service_url(session: boto3.Session, parameter: str) -> str:
    try:
        return session.client("ssm").get_parameter(Name=parameter)["Parameter"]["Value"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ParameterNotFound":
            raise PreconditionError(
                f"there is no parameter {parameter}: apply the service's Terraform first"
            ) from error
        raise


def _check_size(plan: Plan, limits: Limits, max_cost_usd: float) -> None:
    if plan.rate_per_s > MAX_RATE_PER_S:
        raise PreconditionError(
            f"{plan.rate_per_s:.0f} requests/s are needed, more than {MAX_RATE_PER_S:.0f}: "
            "take strongly consistent reads, larger items or a longer time to throttle"
        )
    if (usd := plan.usd(limits.load_s)) > max_cost_usd:
        raise PreconditionError(f"the load may cost {usd:.4f} USD, more than --max-cost {max_cost_usd:g}")
