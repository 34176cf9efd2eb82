from pathlib import Path

from sandbox.settings import Settings


def test_settings_survive_the_way_to_the_daemon():
    settings = Settings(
        source=Path("/source with blanks"),
        state_dir=Path("/state"),
        environment="dev",
        services=("location", "profile"),
        bundles=Path("/bundles"),
        alarm_period_factor=6.0,
        missing_data="dynamodb-ignored",
        port=4566,
    )
    assert Settings.from_json(settings.to_json()) == settings


def test_no_choice_of_services_stays_no_choice():
    settings = Settings(Path(), Path(), "dev", None, Path(), 1.0, "configured", 0)
    assert Settings.from_json(settings.to_json()).services is None
