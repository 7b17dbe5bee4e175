"""Strategies for what people enter: values as they may come, good and bad."""

from __future__ import annotations

from datetime import date, time

from hypothesis import strategies as st

from biometrics.kernel.people.court import CourtEvent, Verdict
from biometrics.kernel.people.encounter import EncounterKind, LegalBasis
from biometrics.kernel.people.person import Sex

texts = st.text(st.sampled_from("aZ 0/-é\u0301\u200dअ्ष२ﬁ\u2000'\"<&"), min_size=0, max_size=12)
names = st.one_of(st.just("Asha Verma"), texts)
years = st.one_of(st.none(), st.integers(1800, 2100))
days = st.dates(date(1840, 1, 1), date(2100, 1, 1))
recent_days = st.one_of(st.dates(date(2020, 1, 1), date(2026, 1, 1)), days)
fir_numbers = st.one_of(
    st.builds(
        "{}{}{}".format, st.integers(1, 999), st.sampled_from(["/", "-", " of ", " / "]), st.integers(1790, 2110)
    ),
    texts,
)
codes = st.one_of(st.just("27519004"), st.text("0123456789 /a", max_size=8))
state_codes = st.one_of(st.just("27"), st.text("0123456789", min_size=1, max_size=3))
sections = st.lists(st.fixed_dictionaries({"act": names, "section": texts}), max_size=2)
missing_fingers = st.lists(
    st.fixed_dictionaries({"position": st.integers(6, 10), "reason": st.sampled_from(["amputated", "unable"])}),
    max_size=2,
)

addresses = st.fixed_dictionaries(
    {}, optional={"text": texts, "district": texts, "state_code": state_codes, "pin_code": st.text("0123 ", max_size=7)}
)
particulars = st.fixed_dictionaries(
    {},
    optional={
        "birth_date": st.one_of(st.none(), days.map(date.isoformat)),
        "relatives": st.lists(st.fixed_dictionaries({"relation": st.just("father"), "name": names}), max_size=2),
        "address": addresses,
        "nationality": st.text("aIND ", max_size=4),
        "documents": st.lists(
            st.fixed_dictionaries({"kind": st.just("pan"), "last_four": st.text("aZ12 ", max_size=5)}), max_size=1
        ),
        "appearance": st.fixed_dictionaries(
            {}, optional={"height_cm": st.integers(0, 300), "languages": st.lists(texts, max_size=2)}
        ),
    },
)
people = st.fixed_dictionaries(
    {"name": names},
    optional={
        "aliases": st.lists(names, max_size=3),
        "sex": st.sampled_from(Sex).map(str),
        "birth_year": years,
        "particulars": particulars,
    },
)
encounters = st.fixed_dictionaries(
    {
        "fir_number": fir_numbers,
        "station_code": codes,
        "district_code": st.one_of(st.just("519"), codes),
        "state_code": st.one_of(st.just("27"), state_codes),
        "date": recent_days.map(date.isoformat),
        "officer": names,
    },
    optional={
        "sections": sections,
        "kind": st.sampled_from(EncounterKind).map(str),
        "fir_year": years,
        "time": st.one_of(st.none(), st.times().map(time.isoformat)),
        "place": texts,
        "device": texts,
        "legal_basis": st.sampled_from(LegalBasis).map(str),
        "missing_fingers": missing_fingers,
    },
)
outcomes = st.fixed_dictionaries(
    {
        "event": st.sampled_from(CourtEvent).map(str),
        "date": recent_days.map(date.isoformat),
        "court": names,
        "verdict": st.one_of(st.none(), st.sampled_from(Verdict).map(str)),
    },
    optional={"case_number": fir_numbers},
)
orders = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["hold", "close", "destroy"]),
        "authority": names,
        "reference": texts,
        "date": recent_days.map(date.isoformat),
    },
    optional={"until": st.one_of(st.none(), days.map(date.isoformat)), "reason": texts},
)
