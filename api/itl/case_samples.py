"""The images that a transaction searches with, as samples to show to examiners."""

from __future__ import annotations

from api.itl.table import TransactionTable
from api.itl.transaction_request import Booking, LatentSearch, TenprintSearch, read_request
from api.latent_probes import Latent, kinds_of
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.recognition.capture import Impression
from biometrics.kernel.recognition.types import Sample


def enclosed_samples(content: bytes, table: TransactionTable) -> list[Sample]:
    """Return the images of a transaction as the files that it is searched with, byte for byte the same.

    Raises:
        MalformedTransaction: with everything that is wrong with the file.
        InvalidField: there is no image in it, such as where it searches by marked minutiae alone.
    """
    request = read_request(content, table).request
    samples: list[Sample] = []
    if isinstance(request, Booking | TenprintSearch):
        samples = list(request.card.samples)
    elif isinstance(request, LatentSearch):
        samples = [_sample(latent) for latent in request.latents if latent.image]
    if not samples:
        raise InvalidField("The transaction holds no image that examiners could look at.")
    return samples


def _sample(latent: Latent) -> Sample:
    impression, ppi = Impression.LATENT_IMPRESSION, latent.image.ppi if latent.image else None
    modality = kinds_of(latent.position)[0]
    return Sample(modality, latent.content, latent.label[:200], latent.position, impression, ppi)
