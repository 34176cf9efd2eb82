"""A service that has every kind of parameter, body and reply."""

import ipaddress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AliasChoices, AnyUrl, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, StringConstraints

from lambda_lib import Bearer, Header, Identity, NotFound, Public, Query, Routes, Signed
from lambda_lib.cors import Cors
from lambda_lib.parameters import Body
from lambda_lib.response import Response


class Shade(StrEnum):
    DARK = "dark"
    LIGHT = "light"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = 9


class Dog(BaseModel):
    kind: Literal["dog"]
    child: "Dog | None" = None


class Everything(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    name: Annotated[str, Field(min_length=1, max_length=3)]
    code: Annotated[str, StringConstraints(pattern="^[a-z]{1,2}$")]
    digits: Annotated[str, StringConstraints(pattern=r"^\d{1,2}$")] | None = None
    stripped: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2)] = ""
    whole: Annotated[int, Field(ge=0, lt=5, multiple_of=2)] = 0
    number: Annotated[float, Field(gt=-1, le=2.5, alias="theNumber")] = 0.0
    step: Annotated[float, Field(multiple_of=0.1)] | None = None
    price: Annotated[Decimal, Field(max_digits=3, decimal_places=1)] | None = None
    flag: bool = False
    at: datetime | None = None
    day: date | None = None
    span: timedelta | None = None
    key: UUID | None = None
    link: AnyUrl | None = None
    address: ipaddress.IPv4Address | None = None
    secret: SecretStr | None = None
    raw: Annotated[bytes, Field(max_length=2)] | None = None
    shade: Shade = Shade.DARK
    level: Level | None = None
    exactly: Literal[1, "one"] = 1
    pet: Annotated[Cat | Dog, Field(discriminator="kind")] | None = None
    either: int | str | None = None
    tags: Annotated[set[Shade], Field(max_length=1)] = set()
    sizes: Annotated[list[float], Field(min_length=1, max_length=2)] | None = None
    counts: dict[str, Annotated[int, Field(ge=0)]] = {}
    lenient: Annotated[int, BeforeValidator(lambda value: 1 if value == "one" else value)] = 1


class Aliased(BaseModel):
    model_config = ConfigDict(extra="forbid")

    value: Annotated[int, Field(validation_alias=AliasChoices("value", "val"))]


class Found(BaseModel):
    text: str
    at: datetime | None = None


@dataclass(frozen=True)
class Nothing:
    pass


routes = Routes(title="everything", version="1.0.0", resources=Nothing, cors=Cors(["*"]))


@routes.get("/things/{number}/{shade}", access=Public(), errors=[NotFound], representations={"text/csv": repr})
def get_thing(  # noqa: PLR0913, PLR0917  one of each kind
    number: Annotated[int, Field(ge=0, le=99)],
    shade: Shade,
    order: Annotated[str, Query()],
    limit: Annotated[int, Query(), Field(le=9)] = 1,
    wide: Annotated[bool, Query()] = False,  # noqa: FBT002
    field: Annotated[list[Shade] | None, Query()] = None,
    since: Annotated[datetime | None, Query()] = None,
    level: Annotated[Level, Query()] = Level.LOW,
    if_match: Annotated[str, Header(), Field(max_length=5)] = "",
) -> Found:
    if number > 90:
        raise NotFound("There is none.")
    return Found(text=f"{number}{shade}{order}{limit}{wide}{field}{level}{if_match}", at=since)


@routes.get("/items/{key}", access=Bearer(), statuses=[304])
def get_item(key: UUID, page: Annotated[Level, Header()], identity: Identity) -> Response[Found]:
    if page is Level.HIGH:
        return Response(status=304, headers={"ETag": '"1"'})
    return Response(Found(text=f"{key}{identity.user_id}"), cookies=["a=b"])


@routes.put("/everything/{name}", access=Public())
def put_everything(name: Annotated[str, Field(pattern="^[a-z]+$")], body: Everything) -> Found:
    return Found(text=f"{name}{body.name}")


@routes.post("/lists", access=Public(), status=201, idempotent=True)
def post_list(items: Annotated[list[Cat | None], Body(), Field(max_length=2)]) -> list[Cat | None]:
    return items


@routes.patch("/aliased", access=Public())
def patch_aliased(change: Annotated[Aliased, Body("application/json", "application/merge-patch+json")]) -> None:
    del change


@routes.put("/notes", access=Signed())
def put_note(text: Annotated[str, Body("text/plain")] = "") -> None:
    del text


@routes.put("/pictures", access=Public(), produces="image/png")
def put_picture(picture: Annotated[bytes, Body("image/png"), Field(max_length=10)]) -> bytes:
    return picture


@routes.delete("/things", access=Public())
def delete_things() -> None: ...
