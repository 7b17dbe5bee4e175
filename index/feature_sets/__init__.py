"""An index of sets of local features: prints, each as the codes, places and directions of its minutiae."""

from index.feature_sets.index import FeatureSetIndex

__all__ = ["FeatureSetIndex"]
