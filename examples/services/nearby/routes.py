"""The routes of an example: a new team's service that asks the location service where somebody is."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, Field

from lambda_lib import Bearer, NotFound, Routes, ServiceClient


class Location(BaseModel):
    """What this service needs of a location; whatever else comes with it is left alone."""

    latitude: float
    longitude: float


class Hemisphere(BaseModel):
    """On which half of the earth a user is."""

    northern: bool


@dataclass(frozen=True, slots=True)
class Resources:
    """What the routes work with."""

    services: ServiceClient


routes = Routes(title="nearby", version="1.0.0", resources=Resources)


@routes.get("/users/{user_id}/hemisphere", access=Bearer(), errors=[NotFound])
def get_hemisphere(user_id: Annotated[str, Field(pattern="^[A-Za-z0-9-]{1,36}$")], resources: Resources) -> Hemisphere:
    """Tell on which half of the earth a user is, by one signed call to location."""
    reply = resources.services.call("location", "GET", "/locations/{user_id}", path={"user_id": user_id})
    location = reply.expect(Location, errors=[NotFound])
    return Hemisphere(northern=location.latitude >= 0)
