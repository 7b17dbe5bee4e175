"""What an operator can set, from the environment (PEHCHAN_...) or a .env file."""

from __future__ import annotations

import os
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode, SettingsConfigDict

from api.operation_settings import OperationSettings
from biometrics.domain.access import Purpose, Unit
from biometrics.domain.types import Modality
from biometrics.domain.watchlist import CHANCE_HITS, CheckRules
from biometrics.matching.calibration import USUAL_FPIR
from biometrics.matching.other_units import ElsewhereRules


def _default_data_folder() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "pehchan"


def _listed(value: object) -> object:
    """Read names with commas between them."""
    return [name.strip() for name in value.split(",") if name.strip()] if isinstance(value, str) else value


def _networks(value: frozenset[str]) -> frozenset[str]:
    """Refuse what is no network."""
    for one in value:
        ip_network(one)
    return value


def _station(value: str) -> str:
    """Refuse what is no police station."""
    if len(Unit.of(value).codes) != 3:
        raise ValueError("write state/district/station, such as 27/519/27519004")
    return value


Modalities = Annotated[frozenset[Modality], NoDecode, BeforeValidator(_listed)]
Hosts = Annotated[frozenset[str], NoDecode, BeforeValidator(_listed)]
Networks = Annotated[Hosts, AfterValidator(_networks)]
Station = Annotated[str, AfterValidator(_station)]


class Settings(OperationSettings):
    """Settings of one installation; every field has an environment variable of its name in capitals."""

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
        description="Where the original images are: s3://bucket/prefix, or a folder; empty: in the data folder",
    )
    master_key: SecretStr = Field(
        default=SecretStr(""),
        description="The master key that opens all other keys, the newest first where there are several",
    )
    master_key_file: Path | None = Field(
        default=None,
        description="File of the master key; empty: PEHCHAN_MASTER_KEY, else master.key in the data folder",
    )
    vectors_url: str = Field(
        default="",
        description="Milvus server, such as http://milvus:19530; empty: vectors in memory, embedded",
    )
    vectors_of: Modalities = Field(
        default=frozenset({Modality.FACE}),
        description="What Milvus holds: face, or face,fingerprint, which finds fewer mates of prints (docs/scaling.md)",
    )
    operator_manifest: Path | None = Field(default=None, description="A models manifest of your own (docs/models.md)")
    models_folder: Path | None = Field(
        default=None, description="Where prepared models are kept; empty: in the data folder"
    )
    calibration_folder: Path | None = Field(
        default=None, description="Calibration files of your own models, beside the shipped ones"
    )
    itl_table: Path | None = Field(default=None, description="Your own table of transactions (docs/itl.md)")
    shortlist: int = Field(
        default=200, ge=1, le=16_384, description="Templates that the exact matcher sees; Milvus gives no more"
    )
    snapshot_minutes: float = Field(default=10, gt=0, description="Minutes between two snapshots of the indexes")
    check_at_once: bool = Field(
        default=True, description="Search for an enrolment before its answer; false: soon after it, in the background"
    )
    duplicate_fpir: float = Field(
        default=CHANCE_HITS,
        gt=0,
        lt=1,
        description="Chance that somebody who is not on record is taken for a duplicate",
    )
    standing_fpir: float = Field(
        default=CHANCE_HITS, gt=0, lt=1, description="Chance that an enrolment hits a standing search by accident"
    )
    verified_others: float = Field(
        default=0.0, ge=0, le=1, description="Share of cases in which exclusions, too, are verified (docs/cases.md)"
    )
    elsewhere_fpir: float = Field(
        default=USUAL_FPIR,
        gt=0,
        lt=1,
        description="Chance that a search for somebody who is not on record tells of another unit (docs/security.md)",
    )
    searches_per_hour: int = Field(
        default=300, ge=1, description="Searches of one account in an hour, unless it is of the national bureau"
    )
    threads: int = Field(default=os.cpu_count() or 1, ge=1, description="Images extracted at once")

    totp_required: bool = Field(default=True, description="Whether a password alone opens nothing")
    access_minutes: float = Field(default=10, gt=0, le=15, description="How long an access token is good")
    idle_minutes: float = Field(default=60, gt=0, description="How long a session lasts that nobody uses")
    session_hours: float = Field(default=12, gt=0, description="How long a session lasts at most: a shift")
    sign_ins_per_minute: int = Field(default=30, ge=1, description="How often one address may try to sign in")
    audit_sign_minutes: float = Field(
        default=10, gt=0, description="Minutes between two signatures of how far the audit log reaches"
    )
    clock_gap_days: float = Field(
        default=7,
        gt=0,
        description="Days without an audit entry after which the clock is implausible and nothing is destroyed",
    )
    requests_per_minute: int = Field(default=600, ge=1, description="How much one account may ask of this server")

    oidc_issuer: str = Field(default="", description="Outside provider to sign in by (OpenID Connect); empty: none")
    oidc_client_id: str = Field(default="", description="As what this installation is registered there")
    oidc_client_secret: SecretStr = Field(default=SecretStr(""), description="Its secret there; empty: PKCE alone")
    oidc_redirect_url: str = Field(
        default="", description="Where browsers come back to: https://HOST/api/v1/oidc/callback, registered there too"
    )

    server_url: str = Field(
        default="", description="Where this station sends its queue: https://HOST of a Pehchan server (docs/offline.md)"
    )
    server_key: SecretStr = Field(default=SecretStr(""), description="The API key that it sends the queue with")

    osia_prefix: str = Field(
        default="/osia", pattern=r"^/[a-z0-9/_-]*[a-z0-9_-]$", description="Where OSIA's interface is (docs/osia.md)"
    )
    osia_station: Station = Field(
        default="00/000/000", description="Where its encounters are filed that do not say where they were"
    )
    osia_purpose: Purpose = Field(default=Purpose.INVESTIGATION, description="What searches through it are for")
    osia_hosts: Hosts = Field(
        default=frozenset(), description="Hosts, or host:port, of callbacks and of images by reference; empty: none"
    )
    osia_networks: Networks = Field(
        default=frozenset(), description="Networks, such as 10.1.0.0/16, where those hosts may be; empty: public ones"
    )
    osia_timeout_seconds: float = Field(default=20, gt=0, description="In which such a host must have answered")

    mosip_prefix: str = Field(
        default="/mosip", pattern=r"^/[a-z0-9/_-]*[a-z0-9_-]$", description="Where MOSIP's interface is (docs/mosip.md)"
    )
    mosip_station: Station = Field(default="00/000/000", description="Where what it inserts is filed")
    mosip_purpose: Purpose = Field(default=Purpose.INVESTIGATION, description="What searches through it are for")
    mosip_hosts: Hosts = Field(default=frozenset(), description="Hosts, or host:port, of its data shares; empty: none")
    mosip_networks: Networks = Field(
        default=frozenset(), description="Networks, such as 10.1.0.0/16, where those hosts may be; empty: public ones"
    )
    mosip_timeout_seconds: float = Field(default=20, gt=0, description="In which a data share must have answered")
    mosip_auth_url: str = Field(
        default="", description="Where MOSIP gives tokens for its data shares, .../authenticate/clientidsecretkey"
    )
    mosip_client_id: str = Field(default="", description="As what MOSIP knows this service")
    mosip_client_secret: SecretStr = Field(default=SecretStr(""), description="And by what")
    mosip_app_id: str = Field(default="regproc", description="MOSIP's application of that client")
    mosip_key_file: Path | None = Field(
        default=None, description="Private key (PEM) of the certificate that data shares are encrypted for"
    )
    mosip_key_password: SecretStr = Field(default=SecretStr(""), description="What opens that file, where it is locked")
    mosip_broker: str = Field(
        default="", description="Its message broker, for `pehchan mosip listen`: stomp://host:61613 or stomp+ssl://host"
    )
    mosip_login: str = Field(default="", description="As whom one is known at the broker")
    mosip_passcode: SecretStr = Field(default=SecretStr(""), description="And by what")
    mosip_requests: str = Field(default="/queue/mosip-to-abis", description="The broker's destination of requests")
    mosip_answers: str = Field(default="/queue/abis-to-mosip", description="The broker's destination of answers")

    task_workers: int = Field(
        default=3, ge=0, description="Tasks at once; 0: this server leaves tasks and deliveries to others"
    )
    task_account_limit: int = Field(default=2, ge=1, description="Tasks at once of one account")
    delivery_workers: int = Field(default=8, ge=1, description="Deliveries at once, to webhooks and callbacks")
    delivery_host_limit: int = Field(default=2, ge=1, description="Deliveries at once to one host")
    delivery_account_limit: int = Field(default=4, ge=1, description="Deliveries at once of one account")
    tasks_waiting: int = Field(default=10_000, ge=1, description="Tasks that may wait")
    task_lease_seconds: float = Field(default=30, ge=1, description="After which a killed server's tasks are taken up")
    delivery_retry_seconds: float = Field(
        default=5, gt=0, description="Before a callback or webhook is tried again; doubles"
    )
    delivery_attempts: int = Field(default=16, ge=1, description="How often a delivery is tried")
    task_keep_days: float = Field(default=7, gt=0, description="How long a result is kept for another delivery")

    webhook_hosts: Hosts = Field(
        default=frozenset(), description="Hosts, or host:port, that webhooks may be on; empty: none (docs/tasks.md)"
    )
    webhook_networks: Networks = Field(
        default=frozenset(), description="Networks, such as 10.1.0.0/16, where those hosts may be; empty: public ones"
    )
    webhook_timeout_seconds: float = Field(default=20, gt=0, description="In which such a host must have answered")

    @property
    def check_rules(self) -> CheckRules:
        """How enrolments are checked."""
        return CheckRules(self.check_at_once, self.duplicate_fpir, self.standing_fpir, self.verified_others)

    @property
    def elsewhere_rules(self) -> ElsewhereRules:
        """What searches tell of people of other units."""
        return ElsewhereRules(self.elsewhere_fpir, self.searches_per_hour)

    @property
    def resolved_database_url(self) -> str:
        """The database's URL, SQLite in the data folder where none was set."""
        return self.database_url or f"sqlite:///{self.data_folder / 'pehchan.db'}"

    @property
    def resolved_images_url(self) -> str:
        """Where the images are, in the data folder where nothing was set."""
        return self.images_url or str(self.data_folder / "images")

    @property
    def resolved_models_folder(self) -> Path:
        """Where prepared models are kept, in the data folder where nothing was set."""
        return self.models_folder or self.data_folder / "models"

    @property
    def resolved_master_key_file(self) -> Path | None:
        """Where the master key is; None where it was given itself."""
        if self.master_key_file or not self.master_key.get_secret_value():
            return self.master_key_file or self.data_folder / "master.key"
        return None
