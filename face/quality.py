"""How well a face can be recognised, from the embedder's own response to it."""

from __future__ import annotations

# Length of SFace's vector before it is scaled to one: a plain grey patch has 4.1, LFW's faces 9.5 to 14.7 (1st to 99th
# percentile). Halfway between, a blurred LFW face has an equal error rate of some 5 %, at the top below 1 %.
WORST_LENGTH, BEST_LENGTH = 5.0, 14.0


def quality_from_length(length: float) -> int:
    """Return the quality, 0 (useless) to 100 (best), of a face whose embedding has this length before normalisation.

    The length falls with everything that hides a face from the network: few pixels, blur, darkness, a turned head, a
    covered mouth. On LFW's mated pairs its rank correlation with the score is 0.53; the detector's confidence reaches
    0.17, the sharpness 0.11 and the size 0.06.
    Source: Kim, Jain, Liu, AdaFace, CVPR 2022, section 3.2 (the feature norm as a proxy of image quality).
    """
    share = (length - WORST_LENGTH) / (BEST_LENGTH - WORST_LENGTH)
    return round(100 * min(1.0, max(0.0, share)))
