"""The settings: from `estafette.toml`, then the environment, then the command line; the last word wins.

`SETTINGS` is the one table of them, for the README and for reading alike. Values only: nothing is opened but the file.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from archive.errors import UsageError
from archive.model import Visibility

FILE_NAME = "estafette.toml"
_ADDRESS = re.compile(r"https?://[\w.-]+(:\d+)?", re.ASCII)
_ISSUER = re.compile(r"(https://[\w.-]+|http://(localhost|127\.0\.0\.1))(:\d+)?(/[\w.~/-]*)?", re.ASCII)

# What a provider of single sign-on tells of a person, and the claim that tells it: as SURFconext names them.
CLAIMS = {
    "email": "email",
    "verified": "email_verified",
    "name": "name",
    "affiliation": "eduperson_affiliation",
    "organisation": "schac_home_organization",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this archive is kept and read. `jobs` 0 means one a processor core; paths are absolute."""

    documents: Path
    var: Path
    default_visibility: Visibility = Visibility.CAMPUS
    jobs: int = 0
    time_s: float = 20.0
    memory_mb: int = 1024
    ocr: bool = True
    proxies: int = 0
    site: str = ""
    account_months: int = 6
    account_unused_days: int = 730
    audit_days: int = 730
    erasures: Path | None = None
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_from: str = ""
    starttls: bool = True
    mail_teachers: bool = True
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_secret_file: Path | None = None
    oidc_name: str = ""
    oidc_scopes: str = "openid email profile"
    oidc_organisations: tuple[str, ...] = ()
    oidc_makes_accounts: bool = False
    oidc_claims: Mapping[str, str] = field(default_factory=lambda: MappingProxyType(dict(CLAIMS)))
    analysis: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def workers(self) -> int:
        """How many workers read files side by side."""
        return self.jobs or os.cpu_count() or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A line of the table: where a setting can be given, what it is without, and what it does."""

    key: str
    default: str
    meaning: str
    environment: str | None = None
    option: str | None = None
    read: Callable[[object], object]


# What a setting's value must be; a refusal's text ends the sentence "… must be". Noted as ValueError for type and range
# alike: both are a value in a file.
# ruff: noqa: TRY004


def _path(value: object) -> object:
    if not isinstance(value, (str, Path)) or not str(value):
        raise ValueError("a folder's path")
    return Path(value).expanduser()


def _file(value: object) -> object:
    if not isinstance(value, (str, Path)) or not str(value):
        raise ValueError("a file's path")
    return Path(value).expanduser()


def _visibility(value: object) -> object:
    if not isinstance(value, str) or value not in list(Visibility):
        raise ValueError("one of " + ", ".join(Visibility))
    return Visibility(value)


def _count(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("a whole number, 0 or more")
    return value


def _number(value: object) -> object:
    """A count that may come from the environment, as text."""
    return _count(int(value) if isinstance(value, str) and value.isdecimal() else value)


def _line(value: object) -> object:
    if not isinstance(value, str) or not value.isprintable() or value != value.strip():
        raise ValueError("a text of one line")
    return value


def _site(value: object) -> object:
    """The site's own address: with its scheme, without a slash behind it."""
    address = value.rstrip("/") if isinstance(value, str) else ""
    address = address if "://" in address or not address else f"https://{address}"
    if not isinstance(value, str) or (value and not _ADDRESS.fullmatch(address)):
        raise ValueError("the address of the site, as https://archive.example.org")
    return address


def _issuer(value: object) -> object:
    """A provider of single sign-on. In plain text only on this machine: whoever reads along would sign in."""
    if not isinstance(value, str) or (value and not _ISSUER.fullmatch(value)):
        raise ValueError("the address of a provider, as https://connect.example.org; without https only on 127.0.0.1")
    return value


def _scopes(value: object) -> object:
    if not isinstance(_line(value), str) or "openid" not in str(value).split():
        raise ValueError("words with spaces between them, openid among them")
    return value


def _lines(value: object) -> object:
    if not isinstance(value, list) or not all(isinstance(each, str) and each.strip() for each in value):
        raise ValueError("a list of texts")
    return tuple(each.strip() for each in value)


def _claims(value: object) -> object:
    if not isinstance(value, dict) or not value.keys() <= CLAIMS.keys():
        raise ValueError("a table with any of " + ", ".join(CLAIMS))
    for claim in value.values():
        _line(claim)
    return MappingProxyType(CLAIMS | value)


def _positive(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < float("inf"):
        raise ValueError("a number above 0")
    return value


def _megabytes(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int) or value < 128:
        raise ValueError("a whole number of megabytes, 128 or more")
    return value


def _switch(value: object) -> object:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _switches(value: object) -> object:
    if not isinstance(value, dict) or not all(isinstance(each, bool) for each in value.values()):
        raise ValueError("a table of switches, each true or false")
    return MappingProxyType(dict(value))


SETTINGS: tuple[Setting, ...] = (
    Setting(
        key="documents",
        default="documents",
        environment="ESTAFETTE_DOCUMENTS",
        option="--documents",
        meaning="The folder that is the archive.",
        read=_path,
    ),
    Setting(
        key="var",
        default="var",
        environment="ESTAFETTE_VAR",
        option="--var",
        meaning="The folder for what is computed: catalog and index. Not inside a synchronised folder.",
        read=_path,
    ),
    Setting(
        key="default_visibility",
        default="campus",
        meaning="Who may see what no record speaks of: " + ", ".join(Visibility) + ".",
        read=_visibility,
    ),
    Setting(
        key="jobs",
        default="0",
        option="--jobs",
        meaning="How many files are read side by side; 0 is one a processor core.",
        read=_count,
    ),
    Setting(
        key="time_s",
        default="20",
        meaning="Seconds that reading one file may take; a large file is given more.",
        read=_positive,
    ),
    Setting(
        key="memory_mb",
        default="1024",
        meaning="Megabytes of memory that reading one file may take.",
        read=_megabytes,
    ),
    Setting(
        key="ocr",
        default="true",
        meaning="Read scans and pictures, where tesseract is installed.",
        read=_switch,
    ),
    Setting(
        key="proxies",
        default="0",
        environment="ESTAFETTE_PROXIES",
        meaning="How many proxies stand in front of the site; they say who asks, and whether over HTTPS.",
        read=_number,
    ),
    Setting(
        key="site",
        default="",
        environment="ESTAFETTE_SITE",
        meaning="The address of the site, for links in mails and QR codes: https://archive.example.org.",
        read=_site,
    ),
    Setting(
        key="account_months",
        default="6",
        meaning="How many months a student's account works after the project has ended.",
        read=_count,
    ),
    Setting(
        key="account_unused_days",
        default="730",
        meaning="An account that nobody used for so many days is taken away, but for the coordinator's; 0: never.",
        read=_count,
    ),
    Setting(
        key="audit_days",
        default="730",
        meaning="How many days the log of changes is kept; 0: for ever.",
        read=_count,
    ),
    Setting(
        key="erasures",
        default="<var>-erasures.jsonl",
        meaning="The file that keeps what was erased, so that no backup brings it back. Outside documents and var.",
        read=_file,
    ),
    Setting(
        key="smtp_host",
        default="",
        meaning="The server that sends mail; without it the site sends none. The password: ESTAFETTE_SMTP_PASSWORD.",
        read=_line,
    ),
    Setting(
        key="smtp_port",
        default="587",
        meaning="The port of that server; 465 is TLS from the start.",
        read=_count,
    ),
    Setting(
        key="smtp_user",
        default="",
        meaning="Who signs in to that server; without it nobody does.",
        read=_line,
    ),
    Setting(
        key="smtp_from",
        default="",
        meaning="The address that mails come from.",
        read=_line,
    ),
    Setting(
        key="starttls",
        default="true",
        meaning="Send mail through TLS only.",
        read=_switch,
    ),
    Setting(
        key="mail_teachers",
        default="true",
        meaning="Mail the teachers of a team when it handed in and waits for their yes.",
        read=_switch,
    ),
    Setting(
        key="oidc_issuer",
        default="",
        meaning="The provider of single sign-on (OpenID Connect); without it people sign in here only.",
        read=_issuer,
    ),
    Setting(
        key="oidc_client_id",
        default="",
        meaning="As whom the provider knows this site. Its secret: ESTAFETTE_OIDC_SECRET, or a file.",
        read=_line,
    ),
    Setting(
        key="oidc_secret_file",
        default="",
        meaning="The file with the secret that the provider gave to this site.",
        read=_file,
    ),
    Setting(
        key="oidc_name",
        default="",
        meaning="What the button calls the provider; without it, one's school.",
        read=_line,
    ),
    Setting(
        key="oidc_scopes",
        default="openid email profile",
        meaning="What the provider is asked for.",
        read=_scopes,
    ),
    Setting(
        key="oidc_organisations",
        default="",
        meaning="Whose people may sign in by it, as the claim `organisation` names them; without it, everybody's.",
        read=_lines,
    ),
    Setting(
        key="oidc_makes_accounts",
        default="false",
        meaning="Make an account for a student or teacher who signs in by it and has none.",
        read=_switch,
    ),
    Setting(
        key="oidc_claims",
        default="those of SURFconext",
        meaning="Names of claims, in a table [oidc_claims], for " + ", ".join(CLAIMS) + ".",
        read=_claims,
    ),
    Setting(
        key="analysis",
        default="all on",
        meaning="Switches, in a table [analysis], for the steps by which words are compared.",
        read=_switches,
    ),
)


def load(folder: Path, *, environment: Mapping[str, str], options: Mapping[str, object] | None = None) -> Settings:
    """The settings that hold in `folder`, the working directory; relative paths start there.

    `options` are those of the command line by key; None values were not given. Raises UsageError naming the key and
    where it stands, for a key that is not known or a value that can't be.
    """
    known = {setting.key: setting for setting in SETTINGS}
    values: dict[str, object] = {"documents": Path("documents"), "var": Path("var")}
    for key, given in _from_file(folder / FILE_NAME).items():
        if key not in known:
            raise UsageError(f"{FILE_NAME}: unknown setting {key!r}{_did_you_mean(key, known)}")
        values[key] = _value(known[key], given, f"{FILE_NAME}: {key}")
    for setting in SETTINGS:
        if setting.environment and environment.get(setting.environment):
            values[setting.key] = _value(setting, environment[setting.environment], setting.environment)
    for key, given in (options or {}).items():
        if given is not None:
            values[key] = _value(known[key], given, known[key].option or key)
    for key in ("documents", "var"):
        values[key] = folder.absolute() / str(values[key])
    documents, var = (Path(os.path.normpath(str(values[key]))) for key in ("documents", "var"))
    if documents == var or documents in var.parents:
        raise UsageError(f"var lies inside documents ({var}) and would be archived; name another folder with --var")
    if "oidc_secret_file" in values:
        values["oidc_secret_file"] = folder.absolute() / str(values["oidc_secret_file"])
    if "erasures" in values:
        erasures = values["erasures"] = Path(os.path.normpath(folder.absolute() / str(values["erasures"])))
        if erasures.is_relative_to(documents) or erasures.is_relative_to(var):
            raise UsageError(
                f"erasures lies in documents or var ({erasures}): a backup would bring it back to what it was"
            )
    return Settings(**values)  # type: ignore[arg-type]  # each `read` gives the field's type; a test compares them


def _from_file(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"{path.name}: can't be read: {(error.strerror or str(error)).lower()}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path.name}: {error}") from error


def _value(setting: Setting, given: object, where: str) -> object:
    try:
        return setting.read(given)
    except ValueError as error:
        raise UsageError(f"{where} must be {error}, not {given!r}") from None


def _did_you_mean(key: str, known: Mapping[str, object]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    return f"; is {close[0]!r} meant?" if close else f"; known are {', '.join(known)}"
