"""Settings: file, then environment, then options; what is not known is named."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from archive.errors import UsageError
from archive.model import Visibility
from archive.settings import SETTINGS, Settings, load


def test_without_anything_the_folders_are_documents_and_var_in_the_working_directory(tmp_path):
    settings = load(tmp_path, environment={})
    assert (settings.documents, settings.var) == (tmp_path / "documents", tmp_path / "var")
    assert settings.default_visibility is Visibility.CAMPUS
    assert settings.workers >= 1


def test_the_file_gives_way_to_the_environment_and_that_to_an_option(tmp_path):
    (tmp_path / "estafette.toml").write_text('documents = "uit-bestand"\nvar = "uit-bestand"\njobs = 3\n')
    environment = {"ESTAFETTE_DOCUMENTS": "uit-omgeving", "ESTAFETTE_VAR": ""}
    assert load(tmp_path, environment=environment).documents == tmp_path / "uit-omgeving"
    settings = load(tmp_path, environment=environment, options={"documents": "/elders", "jobs": None})
    assert settings.documents == Path("/elders")
    assert (settings.var, settings.jobs) == (tmp_path / "uit-bestand", 3)


def test_switches_of_the_analysis_stand_in_a_table(tmp_path):
    (tmp_path / "estafette.toml").write_text("[analysis]\ncompounds = false\n")
    assert dict(load(tmp_path, environment={}).analysis) == {"compounds": False}


def test_claims_that_are_not_named_keep_their_names(tmp_path):
    text = 'oidc_issuer = "http://127.0.0.1:9/x"\noidc_secret_file = "geheim"\n[oidc_claims]\nverified = ""\n'
    (tmp_path / "estafette.toml").write_text(text)
    settings = load(tmp_path, environment={})
    assert (settings.oidc_claims["verified"], settings.oidc_claims["email"]) == ("", "email")
    assert settings.oidc_secret_file == tmp_path / "geheim"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('documenst = "x"', "'documents'"),
        ("jobs = -1", "jobs"),
        ("jobs = true", "jobs"),
        ('default_visibility = "iedereen"', "public, partner, campus"),
        ("ocr = 1", "true or false"),
        ("time_s = inf", "time_s"),
        ("memory_mb = 5", "memory_mb"),
        ("[analysis]\ncompounds = 3", "analysis"),
        ('oidc_issuer = "http://school.example"', "without https only on 127.0.0.1"),
        ('oidc_issuer = "https://school.example?x=1"', "oidc_issuer"),
        ('oidc_scopes = "email"', "openid among them"),
        ('oidc_organisations = "school.example"', "a list of texts"),
        ('[oidc_claims]\nmail = "x"', "affiliation"),
        ("[oidc_claims]\nemail = 3", "oidc_claims"),
        ("jobs = [", "estafette.toml"),
        ("jobs = " + "[" * 5000, "estafette.toml"),
    ],
)
def test_what_is_not_known_or_can_not_be_is_named(tmp_path, text, named):
    (tmp_path / "estafette.toml").write_text(text)
    with pytest.raises(UsageError, match=named) as caught:
        load(tmp_path, environment={})
    assert caught.value.exit_code == 2


def test_a_file_that_is_not_utf8_is_a_usage_error(tmp_path):
    (tmp_path / "estafette.toml").write_bytes(b'documents = "caf\xe9"')
    with pytest.raises(UsageError):
        load(tmp_path, environment={})


def test_every_setting_stands_in_the_table_with_its_meaning():
    assert [setting.key for setting in SETTINGS] == [field.name for field in dataclasses.fields(Settings)]
    assert all(setting.meaning.endswith(".") for setting in SETTINGS)
