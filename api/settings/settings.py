"""The operator's settings, from the environment (PEHCHAN_...) or a .env file."""

from __future__ import annotations

import os
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode, SettingsConfigDict

from api.modalities import ModalityName
from api.settings.operation import OperationSettings
from biometrics.kernel.access import Purpose, Unit
from biometrics.kernel.people.authorisation import AuthorisationRule
from biometrics.kernel.people.probe_keeping import ProbeKeeping
from biometrics.kernel.people.retention_rules import YEARS_KEPT
from biometrics.kernel.recognition.modality import IndexKind, Modality
from biometrics.kernel.recognition.targets import LEAST_TARGET, MOST_TARGET
from biometrics.kernel.technique.clock import DEFAULT_ZONE
from biometrics.matching.calibration import USUAL_FPIR
from biometrics.matching.other_units import ElsewhereRules
from biometrics.watchlist.model import CHANCE_HITS, CheckRules


def _default_data_folder() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "pehchan"


def _split_names(value: object) -> object:
    """Read names separated by commas."""
    return [name.strip() for name in value.split(",") if name.strip()] if isinstance(value, str) else value


def _networks(value: frozenset[str]) -> frozenset[str]:
    """Refuse anything but networks."""
    for network in value:
        ip_network(network)
    return value


def _station(value: str) -> str:
    """Refuse anything but a police station."""
    if len(Unit.of(value).codes) != 3:
        raise ValueError("write state/district/station, such as 27/519/27519004")
    return value


def _zone(value: str) -> str:
    """Refuse anything but a time zone, or nothing."""
    try:
        return value if not value else ZoneInfo(value).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("write a time zone such as Asia/Kolkata, or nothing for the browser's") from error


def _with_vectors() -> frozenset[Modality]:
    """Return the modalities whose templates are vectors."""
    return frozenset(modality for modality in Modality.registered() if modality.traits.index is IndexKind.VECTORS)


def _unset(value: object) -> object:
    """Take an empty variable for one that is not set; as a path it would be the current folder."""
    return None if value == "" else value


OptionalPath = Annotated[Path | None, BeforeValidator(_unset)]
Modalities = Annotated[frozenset[ModalityName], NoDecode, BeforeValidator(_split_names)]
Hosts = Annotated[frozenset[str], NoDecode, BeforeValidator(_split_names)]
Purposes = Annotated[frozenset[Purpose], NoDecode, BeforeValidator(_split_names)]
Networks = Annotated[Hosts, AfterValidator(_networks)]
Station = Annotated[str, AfterValidator(_station)]
Zone = Annotated[str, AfterValidator(_zone)]


class Settings(OperationSettings):
    """Settings of one installation; each has an environment variable of its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="PEHCHAN_", env_file=".env", extra="ignore", frozen=True)

    data_folder: Path = Field(
        default_factory=_default_data_folder, description="Database, images, index snapshots and prepared models"
    )
    database_url: str = Field(
        default="",
        description="SQLAlchemy URL, such as postgresql+psycopg://user@host/pehchan; empty: SQLite",
    )
    images_url: str = Field(
        default="",
        description="Storage of the original images: s3://bucket/prefix, or a folder; empty: in the data folder",
    )
    master_key: SecretStr = Field(
        default=SecretStr(""),
        description="The master key that decrypts all other keys; several: newest first",
    )
    master_key_file: OptionalPath = Field(
        default=None,
        description="File of the master key; empty: PEHCHAN_MASTER_KEY, else master.key in the data folder",
    )
    vectors_url: str = Field(
        default="",
        description="Milvus server, such as http://milvus:19530; empty: vectors in memory, embedded",
    )
    vectors_of: Modalities = Field(
        default=_with_vectors(),
        description="What Milvus holds, such as face; with fingerprint, it finds fewer mates (docs/scaling.md)",
    )
    cluster_url: str = Field(
        default="",
        description="Ray cluster that holds the indexes of prints and palms, such as 10.0.0.1:6379; empty: in memory",
    )
    cluster_partitions: int = Field(default=8, ge=1, le=1000, description="Parts of each index in the cluster")
    cluster_copies: int = Field(
        default=1, ge=1, le=10, description="Copies of each part, on different machines: with 2, one may be lost"
    )
    cluster_seconds: float = Field(
        default=30, gt=0, description="Seconds after which a part that has not answered counts as missing"
    )
    extractor: Literal["leader", "fast"] = Field(
        default="leader",
        description="What finds minutiae: leader; or fast, which takes less time for clear prints (docs/models.md)",
    )
    operator_manifest: OptionalPath = Field(default=None, description="A models manifest of your own (docs/models.md)")
    models_folder: OptionalPath = Field(
        default=None, description="Folder of prepared models; empty: in the data folder"
    )
    calibration_folder: OptionalPath = Field(
        default=None, description="Folder of calibration files for your own models, in addition to the shipped ones"
    )
    allow_unsearchable: bool = Field(
        default=False,
        description="Start although people on record have no template of the model in force; searches miss them",
    )
    capture_port: int = Field(
        default=4620,
        ge=1024,
        le=65535,
        description="Port of `pehchan capture` on the computers whose browsers show the pages (docs/capture.md)",
    )
    itl_table: OptionalPath = Field(default=None, description="Your own table of transactions (docs/itl.md)")
    itl_interpol_table: OptionalPath = Field(
        default=None, description="Your own table of INTERPOL's transactions (docs/itl.md)"
    )
    shortlist: int = Field(
        default=200, ge=1, le=16_384, description="Templates that the exact matcher compares; Milvus allows no more"
    )
    snapshot_minutes: float = Field(default=10, gt=0, description="Minutes between two snapshots of the indexes")
    time_zone: Zone = Field(
        default=DEFAULT_ZONE,
        description="Time zone of the station, of dates of law, and of times on pages, papers and in tables; empty: "
        "the machine's, and on pages the browser's",
    )
    check_at_once: bool = Field(
        default=True, description="Check an enrolment before answering it; false: soon after, in the background"
    )
    duplicate_fpir: float = Field(
        default=CHANCE_HITS,
        ge=LEAST_TARGET,
        le=MOST_TARGET,
        description="Chance that a person who is not on record is reported as a duplicate",
    )
    standing_fpir: float = Field(
        default=CHANCE_HITS,
        ge=LEAST_TARGET,
        le=MOST_TARGET,
        description="Chance that an enrolment hits a standing search by mistake",
    )
    verified_others: float = Field(
        default=0.0, ge=0, le=1, description="Share of cases in which exclusions are also verified (docs/cases.md)"
    )
    elsewhere_fpir: float = Field(
        default=USUAL_FPIR,
        ge=LEAST_TARGET,
        le=MOST_TARGET,
        description="Chance that a search for a person who is not on record names another unit (docs/security.md)",
    )
    searches_per_hour: int = Field(
        default=300, ge=1, description="Searches per hour of one account, except those of the national bureau"
    )
    field_checks_per_hour: int = Field(
        default=60, ge=1, description="Field checks per hour of one account (docs/field-check.md)"
    )
    probe_years: int = Field(
        default=YEARS_KEPT,
        ge=1,
        le=YEARS_KEPT,
        description="Years that the files of latents, investigations and cases are kept (docs/keys-and-retention.md)",
    )
    probe_check_days: int = Field(
        default=1,
        ge=0,
        le=365,
        description="Days that the files of a check at an arrest or in custody are kept; 0: they are not",
    )
    probe_unmatched_days: int = Field(
        default=30,
        ge=1,
        le=365,
        description="Days that the files of an investigation are kept if nobody on record reached the threshold",
    )
    clearance_days: int = Field(
        default=30,
        ge=1,
        le=365,
        description="Days after the decision that an applicant's samples are kept (docs/clearance.md)",
    )
    authorised_purposes: Purposes = Field(
        default=frozenset(), description="Purposes of searches that need an order (docs/law.md); empty: none"
    )
    authorisation_hours: float = Field(
        default=48, gt=0, le=720, description="Hours in which that order must come; then what was found is withheld"
    )
    threads: int = Field(default=os.cpu_count() or 1, ge=1, description="Images extracted in parallel")

    totp_required: bool = Field(default=True, description="Whether signing in needs a one-time code")
    access_minutes: float = Field(default=10, gt=0, le=15, description="Lifetime of an access token")
    idle_minutes: float = Field(default=60, gt=0, description="Time after which an unused session ends")
    session_hours: float = Field(default=12, gt=0, description="Longest lifetime of a session: a shift")
    sign_ins_per_minute: int = Field(default=30, ge=1, description="Sign-in attempts per minute from one address")
    audit_sign_minutes: float = Field(default=10, gt=0, description="Minutes between two signatures of the audit log")
    clock_gap_days: float = Field(
        default=7,
        gt=0,
        description="Days without an audit entry after which the clock is considered wrong and nothing is destroyed",
    )
    requests_per_minute: int = Field(default=600, ge=1, description="Requests per minute of one account to this server")

    oidc_issuer: str = Field(default="", description="Outside sign-in provider (OpenID Connect); empty: none")
    oidc_client_id: str = Field(default="", description="Client id of this installation there")
    oidc_client_secret: SecretStr = Field(default=SecretStr(""), description="Client secret there; empty: PKCE alone")
    oidc_redirect_url: str = Field(
        default="", description="Redirect URL: https://HOST/api/v1/oidc/callback, also registered at the provider"
    )

    server_url: str = Field(
        default="", description="Server for this station's queue: https://HOST of a Pehchan server (docs/offline.md)"
    )
    server_key: SecretStr = Field(default=SecretStr(""), description="API key for sending the queue")

    national_url: str = Field(
        default="", description="National index for searches of other states: https://HOST (docs/scaling.md)"
    )
    national_key: SecretStr = Field(default=SecretStr(""), description="API key for it")
    national_states: OptionalPath = Field(
        default=None, description="Makes this service a national index: file of the states that it follows"
    )
    national_seconds: float = Field(
        default=20, gt=0, description="Seconds that the national index has to answer, and a state has for its changes"
    )

    osia_prefix: str = Field(
        default="/osia", pattern=r"^/[a-z0-9/_-]*[a-z0-9_-]$", description="Path of OSIA's interface (docs/osia.md)"
    )
    osia_station: Station = Field(
        default="00/000/000", description="Station of encounters that OSIA clients send without a place"
    )
    osia_purpose: Purpose = Field(default=Purpose.INVESTIGATION, description="Purpose of searches by OSIA clients")
    osia_hosts: Hosts = Field(
        default=frozenset(), description="Hosts, or host:port, of callbacks and image references; empty: none"
    )
    osia_networks: Networks = Field(
        default=frozenset(), description="Networks of those hosts, such as 10.1.0.0/16; empty: public ones"
    )
    osia_timeout_seconds: float = Field(default=20, gt=0, description="Seconds that such a host has to answer")

    mosip_prefix: str = Field(
        default="/mosip", pattern=r"^/[a-z0-9/_-]*[a-z0-9_-]$", description="Path of MOSIP's interface (docs/mosip.md)"
    )
    mosip_station: Station = Field(default="00/000/000", description="Station of encounters that MOSIP inserts")
    mosip_purpose: Purpose = Field(default=Purpose.INVESTIGATION, description="Purpose of searches by MOSIP")
    mosip_hosts: Hosts = Field(default=frozenset(), description="Hosts, or host:port, of data shares; empty: none")
    mosip_networks: Networks = Field(
        default=frozenset(), description="Networks of those hosts, such as 10.1.0.0/16; empty: public ones"
    )
    mosip_timeout_seconds: float = Field(default=20, gt=0, description="Seconds that a data share has to answer")
    mosip_auth_url: str = Field(
        default="", description="Token URL for MOSIP's data shares, .../authenticate/clientidsecretkey"
    )
    mosip_client_id: str = Field(default="", description="Client id of this service at MOSIP")
    mosip_client_secret: SecretStr = Field(default=SecretStr(""), description="Client secret of this service at MOSIP")
    mosip_app_id: str = Field(default="regproc", description="MOSIP application id of that client")
    mosip_key_file: OptionalPath = Field(
        default=None, description="Private key (PEM) of the certificate that data shares are encrypted for"
    )
    mosip_key_password: SecretStr = Field(default=SecretStr(""), description="Password of that file, if it has one")
    mosip_broker: str = Field(
        default="",
        description="MOSIP's message broker, for `pehchan mosip listen`: stomp://host:61613 or stomp+ssl://host",
    )
    mosip_login: str = Field(default="", description="Login at the broker")
    mosip_passcode: SecretStr = Field(default=SecretStr(""), description="Passcode at the broker")
    mosip_requests: str = Field(default="/queue/mosip-to-abis", description="Queue of requests at the broker")
    mosip_answers: str = Field(default="/queue/abis-to-mosip", description="Queue of answers at the broker")

    task_workers: int = Field(
        default=3, ge=0, description="Tasks in parallel; 0: this server leaves tasks and deliveries to others"
    )
    task_account_limit: int = Field(default=2, ge=1, description="Tasks in parallel of one account")
    delivery_workers: int = Field(default=8, ge=1, description="Deliveries in parallel, to webhooks and callbacks")
    delivery_host_limit: int = Field(default=2, ge=1, description="Deliveries in parallel to one host")
    delivery_account_limit: int = Field(default=4, ge=1, description="Deliveries in parallel of one account")
    tasks_waiting: int = Field(default=10_000, ge=1, description="Tasks that may wait")
    task_lease_seconds: float = Field(default=30, ge=1, description="Time after which other servers take over a task")
    delivery_retry_seconds: float = Field(
        default=5, gt=0, description="Seconds before a callback or webhook is tried again; doubles"
    )
    delivery_attempts: int = Field(default=16, ge=1, description="Attempts per delivery")
    task_keep_days: float = Field(default=7, gt=0, description="Days that a result is kept for another delivery")

    webhook_hosts: Hosts = Field(
        default=frozenset(), description="Hosts, or host:port, allowed for webhooks; empty: none (docs/tasks.md)"
    )
    webhook_networks: Networks = Field(
        default=frozenset(), description="Networks of those hosts, such as 10.1.0.0/16; empty: public ones"
    )
    webhook_timeout_seconds: float = Field(default=20, gt=0, description="Seconds that such a host has to answer")

    @property
    def check_rules(self) -> CheckRules:
        """The rules for checking enrolments."""
        return CheckRules(self.check_at_once, self.duplicate_fpir, self.standing_fpir, self.verified_others)

    @property
    def elsewhere_rules(self) -> ElsewhereRules:
        """The rules for naming other units in search results."""
        return ElsewhereRules(self.elsewhere_fpir, self.searches_per_hour, self.field_checks_per_hour)

    @property
    def probe_keeping(self) -> ProbeKeeping:
        """How long the files of probes are kept."""
        return ProbeKeeping(self.probe_years, self.probe_check_days, self.clearance_days, self.probe_unmatched_days)

    @property
    def authorisation_rule(self) -> AuthorisationRule:
        """Which searches need an order, and how long they may wait for it."""
        return AuthorisationRule(self.authorised_purposes, self.authorisation_hours)

    @property
    def resolved_database_url(self) -> str:
        """The database's URL; by default SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_folder / 'pehchan.db'}"

    @property
    def resolved_images_url(self) -> str:
        """The storage of images; by default in the data folder."""
        return self.images_url or str(self.data_folder / "images")

    @property
    def resolved_models_folder(self) -> Path:
        """The folder of prepared models; by default in the data folder."""
        return self.models_folder or self.data_folder / "models"

    @property
    def resolved_master_key_file(self) -> Path | None:
        """The file of the master key; None if the key itself is set."""
        if self.master_key_file or not self.master_key.get_secret_value():
            return self.master_key_file or self.data_folder / "master.key"
        return None
