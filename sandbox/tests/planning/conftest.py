"""Plans made once for all tests: by the real Terraform and provider, against the AWS endpoint of an empty sandbox."""

import asyncio
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from sandbox import listeners
from sandbox.foundation import Foundation
from sandbox.planning.account import Account
from sandbox.planning.engine import find_engine
from sandbox.planning.plan import Plan
from sandbox.planning.plans import Planner, terraform_environment
from sandbox.planning.source import Target, copy_declaration, targets

REPOSITORY = Path(__file__).parents[3]
ROOTS = Path(__file__).parent / "roots"

type MakePlans = Callable[[Path, Path, Sequence[Target]], tuple[Plan, ...]]


@pytest.fixture(scope="session")
def make_plans() -> MakePlans:
    """Plans targets of a copied declaration; the second folder is for Terraform's own data."""

    async def planned(copy: Path, work: Path, wanted: Sequence[Target]) -> tuple[Plan, ...]:
        account = Account("123456789012", "us-east-1")
        async with AsyncExitStack() as stack:
            foundation = Foundation(account, stack.enter_context(listeners.bind()))
            await foundation.start(stack)
            administrator = foundation.identities.administrator
            env = terraform_environment(
                os.environ, account=account, aws_url=foundation.url, administrator=administrator
            )
            planner = Planner(engine=find_engine(os.environ), copy=copy, work=work, env=env, report=lambda _: None)
            return await planner.plan(wanted)

    return lambda copy, work, wanted: asyncio.run(planned(copy, work, wanted))


@pytest.fixture(scope="session")
def declared_plans(make_plans: MakePlans, tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, ...]:
    """The plans of the platform and of two services, as the repository declares them."""
    folder = tmp_path_factory.mktemp("declared")
    wanted = targets("dev", ["authentication", "location"])
    copy_declaration(REPOSITORY, folder / "source", wanted)
    return make_plans(folder / "source", folder / "work", wanted)


@pytest.fixture(scope="session")
def everything(make_plans: MakePlans, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """The plan of a root with what the services do not declare."""
    folder = tmp_path_factory.mktemp("everything")
    shutil.copytree(ROOTS, folder / "source")
    (plan,) = make_plans(folder / "source", folder / "work", [Target("everything", Path("everything"), ())])
    return plan
