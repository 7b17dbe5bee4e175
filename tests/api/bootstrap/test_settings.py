"""What an operator sets is understood or refused, never ignored."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from api.settings import Settings
from biometrics.kernel.recognition.modality import Modality
from face.modality import FACE
from fingerprint.modality import FINGERPRINT
from index.milvus.milvus_index import MOST


@pytest.mark.parametrize(
    ("setting", "understood"),
    [
        ("face,fingerprint", {FACE, FINGERPRINT}),
        (" fingerprint , face ", {FACE, FINGERPRINT}),
        ("fingerprint", {FINGERPRINT}),
        ("", set()),
    ],
)
def test_the_setting_of_vectors_in_milvus_is_a_list_of_names(
    setting: str, understood: set[Modality], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEHCHAN_VECTORS_OF", setting)
    assert Settings(_env_file=None).vectors_of == understood


def test_prints_are_in_milvus_only_if_configured() -> None:
    assert FACE in Settings(_env_file=None).vectors_of
    assert FINGERPRINT not in Settings(_env_file=None).vectors_of


def test_another_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEHCHAN_VECTORS_OF", "face,prints")
    with pytest.raises(ValidationError, match="vectors_of"):
        Settings(_env_file=None)


def test_a_shortlist_that_milvus_would_cut_short_is_refused() -> None:
    assert Settings(shortlist=MOST, _env_file=None).shortlist == MOST
    with pytest.raises(ValidationError, match="shortlist"):
        Settings(shortlist=MOST + 1, _env_file=None)


@pytest.mark.parametrize("of", ["osia", "mosip", "webhook"])
def test_hosts_and_networks_are_lists_of_names(of: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"PEHCHAN_{of.upper()}_HOSTS", "a.example, b.example:8443")
    monkeypatch.setenv(f"PEHCHAN_{of.upper()}_NETWORKS", "10.1.0.0/16,fd00::/8")
    read = Settings(_env_file=None)
    assert getattr(read, f"{of}_hosts") == {"a.example", "b.example:8443"}
    assert getattr(read, f"{of}_networks") == {"10.1.0.0/16", "fd00::/8"}
    monkeypatch.setenv(f"PEHCHAN_{of.upper()}_NETWORKS", "10.1.0.0/99")
    with pytest.raises(ValidationError, match=f"{of}_networks"):
        Settings(_env_file=None)


@pytest.mark.parametrize("of", ["osia", "mosip"])
def test_encounters_are_filed_at_a_police_station(of: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"PEHCHAN_{of.upper()}_STATION", "27/519")
    with pytest.raises(ValidationError, match="state/district/station"):
        Settings(_env_file=None)
