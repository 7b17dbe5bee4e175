"""Each quality fault has advice for the officer."""

from __future__ import annotations

import pytest

from biometrics.kernel.recognition.types import QualityFault


@pytest.mark.parametrize("fault", QualityFault)
def test_each_fault_has_advice(fault: QualityFault) -> None:
    assert fault.advice
