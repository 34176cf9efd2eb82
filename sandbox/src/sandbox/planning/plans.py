"""Makes the plans: `init`, `plan` and `show` with the real provider against the sandbox.

A plan is kept with a digest of all that it was made from, and made anew only when that has changed.
"""

import asyncio
import hashlib
import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sandbox.access.identity import Credentials
from sandbox.errors import EngineError, SandboxError
from sandbox.planning.account import Account
from sandbox.planning.engine import Engine, find_engine
from sandbox.planning.plan import Plan
from sandbox.planning.source import Target, copy_declaration, digest, targets
from sandbox.settings import Settings

PARALLEL = 2
"""Plans at the same time; each holds a core for some four seconds and takes about 450 MB."""

type Report = Callable[[str], None]
"""Takes one line about what was done."""

_NOT_INHERITED = ("AWS_", "TF_VAR_", "TF_CLI_ARGS", "TF_DATA_DIR", "TF_WORKSPACE")


async def make_plans(
    settings: Settings,
    services: Sequence[str],
    *,
    account: Account,
    aws_url: str,
    administrator: Credentials,
    report: Report,
) -> tuple[Plan, ...]:
    """Plan the platform and these services.

    Raises:
        EngineError: Terraform is missing or failed.
        PlanError: what Terraform showed is not a plan.
        SandboxError: a file of the declaration is missing.
    """
    engine = find_engine(os.environ)
    wanted = targets(settings.environment, services)
    copy = settings.state_dir / "source"
    copy_declaration(settings.source, copy, wanted)
    env = terraform_environment(os.environ, account=account, aws_url=aws_url, administrator=administrator)
    planner = Planner(engine=engine, copy=copy, work=settings.state_dir / "terraform", env=env, report=report)
    return await planner.plan(wanted)


def terraform_environment(
    base: Mapping[str, str], *, account: Account, aws_url: str, administrator: Credentials
) -> dict[str, str]:
    """The environment in which the unmodified provider speaks with the sandbox and with nothing else.

    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/custom-service-endpoints
    """
    env = {name: value for name, value in base.items() if not name.startswith(_NOT_INHERITED)}
    # Terraform and provider read large schemas once and then end: with rarer collections they take a quarter less CPU.
    env.setdefault("GOGC", "400")
    return env | {
        "AWS_ACCESS_KEY_ID": administrator.access_key_id,
        "AWS_SECRET_ACCESS_KEY": administrator.secret_access_key,
        "AWS_REGION": account.region,
        "AWS_ENDPOINT_URL": aws_url,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "CHECKPOINT_DISABLE": "1",
        "TF_IN_AUTOMATION": "1",
    }


class Planner:
    """Makes plans of a copied declaration.

    Args:
        engine: runs Terraform.
        copy: the copied declaration.
        work: a folder for Terraform's own data and the plans; kept from one start to the next.
        env: the environment of `terraform_environment`.
        report: told of each step with its seconds.
    """

    def __init__(self, *, engine: Engine, copy: Path, work: Path, env: Mapping[str, str], report: Report) -> None:
        self._engine = engine
        self._copy = copy
        self._work = work
        self._env = env
        self._report = report
        self._slots = asyncio.Semaphore(PARALLEL)

    async def plan(self, wanted: Sequence[Target]) -> tuple[Plan, ...]:
        """Initialise each root once, then plan every target that has changed, at most `PARALLEL` at the same time.

        Raises:
            EngineError: Terraform failed; the first failure ends the others.
            PlanError: what Terraform showed is not a plan.
        """
        self._work.mkdir(parents=True, exist_ok=True)
        version = await self._run(wanted[0].root, "version", "version")
        ready = {target.root: asyncio.Event() for target in wanted}
        inputs = {target: f"{version}{digest(self._copy, target)}" for target in wanted}
        plans = {target: self._kept(target, inputs[target]) for target in wanted}
        if kept := [target.name for target, plan in plans.items() if plan is not None]:
            self._report(f"plans kept, since nothing has changed: {', '.join(kept)}")
        if changed := [target for target in wanted if plans[target] is None]:
            self._report(f"{self._engine.name} plans {', '.join(target.name for target in changed)} …")
        try:
            async with asyncio.TaskGroup() as group:
                for root in dict.fromkeys(target.root for target in changed):
                    group.create_task(self._init(root, ready[root]))
                made = {target: group.create_task(self._plan(target, ready[target.root])) for target in changed}
        except* SandboxError as failures:
            raise failures.exceptions[0] from None
        for target, task in made.items():
            plans[target] = self._keep(target, inputs[target], task.result())
        return tuple(plan for plan in plans.values() if plan is not None)

    async def _init(self, root: Path, ready: asyncio.Event) -> None:
        async with self._slots:
            started = time.monotonic()
            await self._run(root, f"init {root.name}", "init", "-input=false", "-no-color")
            self._report(f"init {root} ({time.monotonic() - started:.1f} s)")
        ready.set()

    async def _plan(self, target: Target, ready: asyncio.Event) -> str:
        await ready.wait()
        async with self._slots:
            started = time.monotonic()
            name, file = f"plan {target.name}", (self._work / f"{target.name}.tfplan").resolve()
            var_files = [f"-var-file={(self._copy / path).resolve()}" for path in target.var_files]
            options = ("-input=false", "-no-color", "-lock=false", f"-out={file}")
            await self._run(target.root, name, "plan", *options, *var_files)
            shown = await self._run(target.root, name, "show", "-json", "-no-color", str(file))
            self._report(f"plan {target.name} ({time.monotonic() - started:.1f} s)")
        return shown

    async def _run(self, root: Path, name: str, *arguments: str) -> str:
        env = {**self._env, "TF_DATA_DIR": str((self._work / root.name).resolve())}
        try:
            return (await self._engine.run(arguments, cwd=self._copy / root, env=env)).stdout
        except EngineError as error:
            raise EngineError(f"{name}: {error}") from None

    def _keep(self, target: Target, inputs: str, text: str) -> Plan:
        plan = Plan.parse(target.name, self._copy / target.root, text)
        self._file(target, "json").write_text(text)
        self._file(target, "digest").write_text(_seal(inputs, text))
        return plan

    def _kept(self, target: Target, inputs: str) -> Plan | None:
        """The plan kept from an earlier start; None unless it was made from just these inputs and is whole."""
        try:
            text, seal = self._file(target, "json").read_text(), self._file(target, "digest").read_text()
        except FileNotFoundError:
            return None
        return Plan.parse(target.name, self._copy / target.root, text) if seal == _seal(inputs, text) else None

    def _file(self, target: Target, suffix: str) -> Path:
        return self._work / f"{target.name}.{suffix}"


def _seal(inputs: str, text: str) -> str:
    return hashlib.sha256(f"{inputs}\0{text}".encode()).hexdigest()
