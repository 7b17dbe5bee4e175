"""Fingerprints, as the use cases see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from biometrics.imaging.charts import Chart, Exhibit, MarkedImage
from biometrics.imaging.image import Image
from biometrics.kernel.recognition.capture import Impression
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Assessment, Sample, Source, Template
from biometrics.matching.latent_scale import LatentContent
from biometrics.matching.ports import Vectors
from fingerprint import charting, vector
from fingerprint.codec import decode, decode_views, encode, encode_latent, is_latent, searched_views, undescribed
from fingerprint.compiled import require_compiled, wait_until_compiled
from fingerprint.extraction.enhancement import Enhancer
from fingerprint.extraction.extractor import extract
from fingerprint.extraction.fast import FastNetwork
from fingerprint.features import features_of_prints, projection_digest
from fingerprint.identity import NETWORK, REDUCED, model_digest
from fingerprint.interchange.codec import is_record
from fingerprint.interchange.incoming import read_sample
from fingerprint.latents.comparison import DESCRIBED_KEPT, Compared, LatentComparison
from fingerprint.latents.image import ReadLatent, extract_latent, extract_latent_views, marked_in_all_aspects
from fingerprint.latents.layers import LatentLayers, latent_layers, suggested_region_of
from fingerprint.latents.marked import MarkedPrint
from fingerprint.latents.network import LatentNetwork, latent_network
from fingerprint.latents.region import Polygon
from fingerprint.latents.turning import turned_minutiae
from fingerprint.matching.cylinders import PreparedPrint
from fingerprint.matching.explanation import Explanation, explain
from fingerprint.matching.matcher import match
from fingerprint.matching.parameters import LATENT, MatchParameters
from fingerprint.matching.prepared_prints import PreparedPrints
from fingerprint.matching.views import Aspects, best_aspects, match_views
from fingerprint.modality import FINGERPRINT
from fingerprint.nfiq2 import Nfiq2
from fingerprint.parameters import ASPECTS
from fingerprint.quality import assess, finger_pixels
from fingerprint.several.bounds import bounds_of, check_bounds
from fingerprint.several.network import check_minutiae
from fingerprint.template import FingerprintTemplate
from models.registry import ModelRegistry

PREPARED_KEPT = 4000  # prints kept ready to match; one takes some 15 kB with its key: 60 MB in all


class FingerprintRecogniser:
    """`biometrics.matching.ports.Recogniser` for fingerprints: LEADER finds the minutiae, cylinders compare them.

    Safe to share between threads.
    """

    def __init__(
        self,
        registry: ModelRegistry,
        prepared_kept: int = PREPARED_KEPT,
        network: str = NETWORK,
        latents: LatentNetwork | None = None,
    ) -> None:
        """Open the model `network` of `registry`, LEADER or another version; keep some prints ready to match.

        `latents` finds the minutiae of latents, else `fingerprint.latents.network.latent_network`. It is no part of
        `model`: what it finds is compared with any template.

        Raises:
            ModelMissing, ModelMismatch: as for `ModelRegistry.open_session` and `models.trained.trained_content`.
        """
        session = registry.open_session(network)
        is_fast = registry.entry(network).prepare == REDUCED
        self._session = FastNetwork(session, registry.open_session(NETWORK)) if is_fast else session
        self._latents = latents or latent_network()
        self._model = model_digest(registry, network)
        self._enhancer = Enhancer(registry)
        self._nfiq2 = Nfiq2()
        self._prepared = PreparedPrints(prepared_kept)
        self._compared = LatentComparison(self._latents.surroundings, min(prepared_kept, DESCRIBED_KEPT))

    @property
    def modality(self) -> Modality:
        """Fingerprints."""
        return FINGERPRINT

    @property
    def model(self) -> str:
        """What decides on templates and scores; see `fingerprint.identity.model_digest`."""
        return self._model

    @property
    def latent_network(self) -> str:
        """SHA-256 (hex) of the weights that find the minutiae of latents."""
        return self._latents.digest

    @property
    def feature_space(self) -> str:
        """SHA-256 (hex) of the model and of the projection that makes its minutiae's codes."""
        return sha256(f"{self._model} codes {projection_digest()}".encode()).hexdigest()

    @property
    def vectors(self) -> Vectors:
        """A vector of fixed length for each print (`fingerprint.vector`)."""
        return Vectors(vector.DIMENSION, vector.vector_space(self.feature_space), vector.vector)

    def extract(self, image: Image, impression: Impression | None = None) -> Template:
        """Extract the template of the one finger in `image`, which may be as large as a print of its impression type.

        Raises:
            TooFewMinutiae, ImageTooLarge: as for `fingerprint.extraction.extractor.extract`.
            SeveralPrints: as for `fingerprint.several.bounds.check_bounds`.
            MatcherCompiling: as for `require_compiled`.
        """
        require_compiled()
        template = extract(image, self._session, enhance=self._enhancer.enhanced)
        check_bounds(template, bounds_of(impression))
        return self._of_one_view(template)

    def extract_latent(self, image: Image, region: Polygon | None = None) -> Template:
        """Extract the template of a latent; `region` encloses it, in pixels of the image.

        Raises:
            TooFewMinutiae, ImageTooLarge, InvalidField: as for `fingerprint.latents.image.extract_latent`.
            MatcherCompiling: as for `require_compiled`.
        """
        require_compiled()
        return self._of_one_view(extract_latent(image, self._latents, region))

    def extract_latent_both_ways(self, image: Image, region: Polygon | None = None) -> dict[bool, Template]:
        """Extract a latent of unknown orientation: upright (False), and turned by half a circle (True).

        A comparison allows for a quarter of a turn to either side, so that the two cover the whole circle. Each holds
        several views of the print; the score is the mean of theirs (`match_latent`).

        Raises:
            TooFewMinutiae, ImageTooLarge, InvalidField: as for `fingerprint.latents.image.extract_latent_views`.
            MatcherCompiling: as for `require_compiled`.
        """
        require_compiled()
        upright, turned = extract_latent_views(image, self._latents, region)
        return {False: self.of_latent(upright), True: self.of_latent(turned)}

    def latent_layers(self, image: Image) -> LatentLayers:
        """Look at the clarity of a latent, and draw its ridges.

        Raises:
            ImageTooLarge: as for `fingerprint.latents.layers.latent_layers`.
        """
        return latent_layers(image, self._enhancer.enhanced)

    def suggested_region(self, image: Image) -> Polygon | None:
        """Return the region of interest that is suggested for a latent; None where no print can be seen.

        Raises:
            ImageTooLarge: as for `latent_layers`.
        """
        return suggested_region_of(image)

    def of_marked(self, template: FingerprintTemplate) -> Template:
        """Return manually marked minutiae of a print as a template to compare with this model's.

        Raises:
            SeveralPrints: they are those of more than one print.
        """
        check_minutiae(template)
        return self._of_one_view(template)

    def marked_both_ways(self, marked: MarkedPrint) -> dict[bool, Template]:
        """Return a latent's marked minutiae as templates: upright (False), and turned by half a circle (True).

        Raises:
            TooFewMinutiae, SeveralPrints: as for `MarkedPrint.template`.
        """
        template = marked.template()
        views = {False: template, True: turned_minutiae(template)}
        return {turned: self.of_latent(ReadLatent(marked_in_all_aspects(view))) for turned, view in views.items()}

    def of_latent(self, latent: ReadLatent) -> Template:
        """Return the views of a latent, which has a score of its own, as a template to compare with this model's."""
        return Template(FINGERPRINT, self.model, encode_latent(latent.aspects, latent.described), None)

    def of_marks(self, marks: Template) -> Template:
        """Return minutiae that an examiner marked, as another model's template holds them, as one of this model.

        Raises:
            InvalidTemplate: its bytes are damaged.
        """
        decode_views(marks.data)
        return Template(FINGERPRINT, self.model, marks.data, None)

    def first_look(self, latent: Template) -> Template:
        """Return a latent without the descriptions of its minutiae.

        Raises:
            InvalidTemplate: its bytes are damaged.
        """
        return replace(latent, data=undescribed(latent.data))

    def latent_content(self, template: Template) -> LatentContent | None:
        """Return how many minutiae a latent has, as the mean of its views, and whether they were marked.

        Marked minutiae are one view without ridges.

        Raises:
            InvalidTemplate: its bytes are damaged.
        """
        if not is_latent(template.data):
            return None
        views = decode_views(template.data)
        marked = len(views) == 1 and len(views[0].ridges) == 0
        return LatentContent(sum(map(len, views)) / len(views), marked)

    def read_record(self, sample: Sample) -> tuple[Source, Template] | None:
        """Take the template from a finger minutiae record; None where the sample is not one.

        Raises:
            UnsupportedRecord, InvalidRecord, TooFewMinutiae, SeveralPrints: as for
                `fingerprint.interchange.incoming.read_sample`.
        """
        if not is_record(sample.content):
            return None
        source, read, quality = read_sample(sample)
        return source, Template(FINGERPRINT, self.model, encode(read), quality)

    def assess(self, image: Image, template: Template) -> Assessment:
        """Measure the NFIQ 2 of the print that `template` was extracted from, and say what is wrong with it."""
        pixels = finger_pixels(image, decode(template.data).width / image.width)
        return assess(pixels, self._nfiq2.measure(pixels))

    def features(self, template: Template) -> NDArray[np.void]:
        """Return what an index searches it by: shape (minutiae,), dtype `matching.local_features.LOCAL_FEATURE`.

        Raises:
            ModelMismatch: made by another model.
            InvalidTemplate: its bytes are damaged.
        """
        return self.features_of_all([template])[0]

    def features_of_all(self, templates: Sequence[Template]) -> list[NDArray[np.void]]:
        """Do for each template as `features` does, once the kernels are compiled."""
        wait_until_compiled()
        return features_of_prints([searched_views(template.data_for(self.model)) for template in templates])

    def compare(self, probe: Template, candidates: Sequence[Template]) -> NDArray[np.float64]:
        """Return the similarity of `probe` to each candidate, 0 to 1: shape (len(candidates),).

        Of a template of several views it is the mean of theirs. Where one of the two is a latent, it is its own score,
        and counts the descriptions of its minutiae.

        Raises:
            ModelMismatch: a template was made by another model.
            InvalidTemplate: the bytes of one are damaged.
            MatcherCompiling: as for `require_compiled`.
        """
        prepared, *prepared_candidates = self._checked(probe, *candidates)
        latent = np.array([_latent_pair(probe, candidate) for candidate in candidates], np.bool_)
        scores = np.zeros(len(candidates))
        facing = [Compared(candidates[row].data, prepared_candidates[row]) for row in np.flatnonzero(latent).tolist()]
        scores[latent] = self._compared.scores(Compared(probe.data, prepared), facing)
        scores[~latent] = match_views(prepared[0], [prepared_candidates[row][0] for row in np.flatnonzero(~latent)])
        return scores

    def explain(self, probe: Template, candidate: Template) -> Explanation:
        """Say why `compare` gives two prints their score; indices are those of the templates' minutiae.

        Of templates of several views it explains the first ones, or two others that score more than twice as much, and
        of latents not what the descriptions of their minutiae add.

        Raises:
            ModelMismatch, InvalidTemplate: as for `compare`.
        """
        first, second = self._explained_views(probe, candidate)
        return explain(first.prepared, second.prepared, _parameters(probe, candidate))

    def marked(self, exhibit: Exhibit) -> MarkedImage:
        """Put the minutiae on the image.

        Raises:
            ModelMismatch, InvalidTemplate: as for `features`.
        """
        return charting.marked(decode(exhibit.template.data_for(self.model)), exhibit.image)

    def chart(self, probe: Exhibit, candidate: Exhibit) -> Chart:
        """Chart the comparison that `explain` explains.

        Raises:
            ModelMismatch, InvalidTemplate: as for `compare`.
        """
        first, second = self._explained_views(probe.template, candidate.template)
        explanation = explain(first.prepared, second.prepared, _parameters(probe.template, candidate.template))
        return charting.chart(
            explanation,
            charting.ComparedPrint(first.template, probe.image, first.aspect),
            charting.ComparedPrint(second.template, candidate.image, second.aspect),
        )

    def _of_one_view(self, template: FingerprintTemplate) -> Template:
        return Template(FINGERPRINT, self.model, encode(template), None)

    def _explained_views(self, probe: Template, candidate: Template) -> tuple[_View, _View]:
        """Return the views of two templates to explain: the first ones, as the latent desk suggests their minutiae.

        Two others are shown where they score more than twice as much: the first ones would not show why. A latent is
        shown in the aspect in which it was compared.
        """
        of_probe, of_candidate = self._checked(probe, candidate)
        parameters = _parameters(probe, candidate)
        [(aspect, other)] = best_aspects(of_probe, [of_candidate], parameters)
        first, second = _views(probe, of_probe, aspect), _views(candidate, of_candidate, other)
        candidate_views = [view.prepared for view in second]
        scores = np.array([match(view.prepared, candidate_views, parameters) for view in first])
        row, column = np.unravel_index(int(scores.argmax()), scores.shape)
        if scores[row, column] > 2 * scores[0, 0]:
            return first[row], second[column]
        return first[0], second[0]

    def _checked(self, *templates: Template) -> list[Aspects]:
        require_compiled()
        return self._prepared.prepare([template.data_for(self.model) for template in templates])


class _View(NamedTuple):
    """One view of a print: as it is on its image, and prepared in the aspect in which it is compared."""

    template: FingerprintTemplate
    prepared: PreparedPrint
    aspect: float


def _views(template: Template, prepared: Aspects, aspect: int) -> list[_View]:
    views = zip(decode_views(template.data), prepared[aspect], strict=True)
    return [_View(view, prepared_view, ASPECTS[aspect]) for view, prepared_view in views]


def _latent_pair(probe: Template, candidate: Template) -> bool:
    return is_latent(probe.data) or is_latent(candidate.data)


def _parameters(probe: Template, candidate: Template) -> MatchParameters:
    return LATENT if _latent_pair(probe, candidate) else MatchParameters()
