// Types of the API's responses, for tsc. scripts/api-types writes this file from the OpenAPI document: do not edit it.

declare namespace Api {
  type AccountApproved = {
    user: UserOut;
    api_key: ApiKeyOut | null;
    second_half: string | null;
  };
  type AccountRequestListOut = {
    requests: Array<AccountRequestOut>;
  };
  type AccountRequestOut = {
    id: string;
    kind: ChangeKind;
    user: UserOut | null;
    login: string | null;
    name: string | null;
    roles: Array<Role> | null;
    unit: string | null;
    label: string | null;
    scopes: Array<Scope> | null;
    requested_by: string;
    requested_at: string;
    expires_at: string;
  };
  type AccountRequested = {
    request: AccountRequestOut;
    first_half: string | null;
  };
  type Address = {
    text?: string;
    district?: string;
    state_code?: string;
    pin_code?: string;
  };
  type Adjustment = {
    setting: ImageSetting;
    value: number;
    image: string;
  };
  type Agreement = "agrees" | "differs" | "not_visible";
  type AnalysisOut = {
    actor: string;
    actor_name?: string;
    of_value: boolean;
    notes: string;
    at: string;
    pattern: PatternClass | null;
    marks: Array<ProbeMark> | null;
    drawings: Array<Drawing>;
  };
  type ApiKeyOut = {
    id: string;
    owner_id: string;
    label: string;
    prefix: string;
    scopes: Array<Scope>;
    created_at: string;
    expires_at: string;
    used_at: string | null;
    revoked_at: string | null;
  };
  type ApiKeyPageOut = {
    api_keys: Array<ApiKeyOut>;
    next: string | null;
  };
  type Appearance = {
    height_cm?: number | null;
    build?: Build | null;
    complexion?: Complexion | null;
    hair?: Hair | null;
    eyes?: Eyes | null;
    marks?: Array<BodyMark>;
    languages?: Array<string>;
    facial_hair?: FacialHair | null;
    glasses?: Glasses | null;
    headgear?: Headgear | null;
  };
  type ApplicantOut = {
    name: string;
    birth_date: string;
    document: string;
    wanted_for: string;
    authority: string;
    legal_basis: string;
    relative: string;
  };
  type AuditHead = {
    number: number;
    hash: string;
    at: string;
    public_key: string;
    signature: string;
  };
  type Band = "near" | "middle" | "far";
  type Basis = {
    pattern: Agreement | null;
    cores_deltas: Agreement | null;
    differences: Differences | null;
    explanation: string;
    level_three: Agreement | null;
    limits: Array<QualityLimit>;
  };
  type BodyMark = {
    kind: BodyMarkKind;
    part: BodyPart;
    side?: BodySide;
    description?: string;
  };
  type BodyMarkKind = "scar" | "tattoo" | "mole" | "birthmark" | "burn" | "amputation" | "deformity" | "other";
  type BodyPart = "head" | "face" | "forehead" | "eye" | "ear" | "nose" | "cheek" | "mouth" | "chin" | "neck" | "shoulder" | "chest" | "breast" | "back" | "abdomen" | "arm" | "elbow" | "forearm" | "wrist" | "hand" | "finger" | "hip" | "buttock" | "groin" | "genitals" | "thigh" | "leg" | "knee" | "calf" | "ankle" | "foot" | "toe" | "other";
  type BodySide = "left" | "right" | "none";
  type BoxOut = {
    x: number;
    y: number;
    width: number;
    height: number;
    angle: number;
  };
  type BrowserKeyOut = {
    sealing_key: string;
    expires_in: number;
  };
  type Build = "thin" | "medium" | "strong" | "heavy";
  type CandidateCase = {
    number: string;
    outcome: Conclusion | null;
    may_be_asked_again: boolean;
  };
  type CandidateOut = {
    rank: number;
    modality?: Modality | null;
    rank_on_list?: number | null;
    record: RecordSummary | null;
    elsewhere: Elsewhere | null;
    score: ScoreOut | null;
    in_this_search?: SearchRarityOut | null;
    gap: number | null;
    lead: LeadOut | null;
    decision_hint: Hint;
    above_threshold: boolean | null;
    position?: number | null;
    samples: Array<CandidateSampleOut>;
    case?: CandidateCase | null;
  };
  type CandidateSampleOut = {
    probe: string;
    sample_id: number;
    score: ScoreOut;
    counted?: boolean;
    has_image: boolean;
  };
  type CaseImageOut = {
    side: Side;
    name: string;
    modality: Modality;
    position: FingerPosition | EyePosition | PalmPosition | null;
    media_type: string;
  };
  type CaseKind = "duplicate" | "search_hit" | "latent_hit" | "standing_hit" | "latent_link";
  type CaseMark = {
    kind: FeatureKind;
    probe: [number, number] | null;
    candidate: [number, number] | null;
    probe_direction: number | null;
    candidate_direction: number | null;
  };
  type CaseOut = {
    id: string;
    number: string;
    kind: CaseKind;
    state: CaseState;
    created_at: string;
    is_urgent: boolean;
    fir_number: string | null;
    part: Part | null;
    worked_on_by: string | null;
    worked_on_by_name?: string;
    record_id: string | null;
    encounter_id: string | null;
    search_id: string | null;
    standing_id: string | null;
    candidate_id: string | null;
    candidate_search_id: string | null;
    candidate_fir_number: string | null;
    unit: string;
    finding: FindingOut | null;
    analyses: Array<AnalysisOut>;
    opinions: Array<OpinionOut>;
    comments: Array<CommentOut>;
    disputes: Array<Dispute>;
    outcome: Conclusion | null;
    pair: PairOut | null;
    merge_pending: boolean;
    referral: ReferralOut | null;
  };
  type CasePageOut = {
    cases: Array<CaseOut>;
    next: string | null;
  };
  type CaseState = "new" | "assigned" | "first_opinion" | "verification" | "conflict" | "closed" | "withdrawn" | "waiting" | "referred";
  type Certificate = {
    content: Record<string, unknown>;
    signature: string;
  };
  type ChangeKind = "add" | "rights" | "enable" | "password" | "totp" | "key";
  type ChangesOut = {
    since: number;
    until: number;
    last: number;
    mark: string;
    at: string;
    people: number;
    in_force: Record<string, string>;
    given: Array<GivenTemplateOut>;
    removed: Array<Removal>;
    offices: Array<Elsewhere>;
  };
  type Chart = {
    probe: MarkedImage;
    candidate: MarkedImage;
    pairs: Array<[number, number]>;
    frame: Frame;
  };
  type Choice = "yes" | "no" | "unsure";
  type ClearanceCase = {
    number: string;
    state: CaseState;
    conclusion: Conclusion | null;
  };
  type ClearanceOut = {
    id: string;
    number: string;
    state: ClearanceState;
    unit: string;
    search_id: string;
    searched_at: string;
    applicant: ApplicantOut | null;
    requested_by: string;
    requested_by_name?: string;
    requested_at: string;
    cases: Array<ClearanceCase>;
    outcome: ClearanceOutcome | null;
    details: string;
    because: string;
    decided_by: string | null;
    decided_by_name?: string;
    decided_at: string | null;
    expires_on: string | null;
    statement: string | null;
    ended_by: string | null;
    ended_by_name?: string;
    ended_at: string | null;
    ended_because: string | null;
  };
  type ClearanceOutcome = "no_record" | "record" | "refused";
  type ClearancePageOut = {
    clearances: Array<ClearanceOut>;
    next: string | null;
  };
  type ClearanceState = "requested" | "issued" | "refused" | "withdrawn" | "revoked";
  type ClockOut = {
    encounter_id: string;
    begins: string;
    due: string;
    rule: string;
    basis: string;
    why: string;
    holds: Array<HoldOut>;
    waiting: Array<WaitingOut>;
    entered_by?: string;
  };
  type CommentOut = {
    actor: string;
    actor_name?: string;
    text: string;
    at: string;
  };
  type ComparedSampleOut = {
    sample: string;
    other: string;
    score: ScoreOut;
    counted: boolean;
  };
  type Complexion = "fair" | "wheatish" | "dusky" | "dark";
  type Conclusion = "identification" | "exclusion" | "inconclusive" | "no_value";
  type Contradiction = "sex" | "age" | "height" | "date";
  type Control = "owned" | "maintained" | "managed" | "operated";
  type CourtDetails = {
    device?: DeviceKind | null;
    make_and_model?: string;
    colour?: string;
    serial_number?: string;
    identifier?: string;
    control?: Array<Control>;
    used_since?: string | null;
    in_charge?: string;
    relative?: string;
    address?: string;
    validation?: string;
  };
  type CourtEvent = "decision" | "appeal_filed" | "appeal_decided" | "no_further_appeal";
  type CourtStandingOut = {
    verdict: Verdict | null;
    since: string | null;
    appeal_pending: boolean;
    final: boolean;
  };
  type Coverage = "current" | "behind" | "not_searched";
  type CropBox = [number, number, number, number];
  type CutImageOut = {
    media_type: string;
    base64: string;
  };
  type DatabaseOut = {
    kind: string;
    version: string;
    migration: string;
  };
  type DeliveryOut = {
    id: string;
    event: EventType;
    state: DeliveryState;
    attempts: number;
    created_at: string;
    changed_at: string;
  };
  type DeliveryPageOut = {
    deliveries: Array<DeliveryOut>;
    next: string | null;
  };
  type DeliveryState = "waiting" | "delivered" | "given up";
  type DescribedPerson = {
    record_id: string;
    national_number: string;
    name: string;
    sex: Sex;
    birth_year: number | null;
    height_cm: number | null;
    date: string;
    fir_number: string;
    station_code: string;
  };
  type DeviceKind = "computer" | "dvr" | "mobile" | "flash_drive" | "disc" | "server" | "cloud" | "other";
  type Differences = "none" | "explained" | "unexplained";
  type DiskOut = {
    name: string;
    free: number;
    total: number;
  };
  type Dispute = "conclusion" | "comparison" | "pattern" | "pair" | "marks";
  type DocumentKind = "aadhaar" | "passport" | "voter_card" | "driving_licence" | "pan" | "ration_card" | "arms_licence" | "other";
  type Drawing = {
    kind: DrawingKind;
    image: string;
    path: Array<[number, number]>;
    counted: number | null;
    crossings: Array<[number, number]>;
    least: number | null;
    most: number | null;
  };
  type DrawingKind = "ridge_count" | "tracing";
  type DueOut = {
    encounter_id: string;
    begins: string;
    due: string;
    rule: string;
    basis: string;
    why: string;
    holds: Array<HoldOut>;
    waiting: Array<WaitingOut>;
    entered_by?: string;
    record_id: string;
    station_code: string;
    search_id: string | null;
    other_firs?: Array<string>;
  };
  type DuePageOut = {
    due: Array<DueOut>;
    next: string | null;
  };
  type Elsewhere = {
    unit: string;
    name: string;
    telephone: string;
  };
  type EncounterKind = "arrest" | "court_surrender" | "conviction" | "missing" | "unidentified_body" | "wanted";
  type EncounterOut = {
    fir_number: string;
    station_code: string;
    district_code: string;
    state_code: string;
    date: string;
    officer: string;
    sections?: Array<Section>;
    kind?: EncounterKind;
    fir_year?: number | null;
    time?: string | null;
    place?: string;
    device?: string;
    legal_basis?: LegalBasis;
    missing_fingers?: Array<MissingFinger>;
    id: string;
    samples: Array<SampleOut>;
    outcomes: Array<OutcomeOut>;
    standing: CourtStandingOut;
    links: Array<LinkOut>;
    enrolled_by?: string;
    enrolled_by_name?: string;
  };
  type EncounterVersionOut = {
    number: number;
    content: Record<string, unknown>;
    sample_ids: Array<number>;
    changed_at: string;
    changed_by: string;
    changed_by_name?: string;
  };
  type EnrolmentOut = {
    id: string;
    national_number: string;
    name: string;
    aliases: Array<string>;
    sex: Sex;
    birth_year: number | null;
    fir_numbers: Array<string>;
    particulars: Particulars;
    created_at: string;
    version: number;
    encounters: Array<EncounterOut>;
    problems?: Array<StoredProblemOut>;
    encounter_id: string;
    duplicate_cases: Array<string>;
    duplicate_case_numbers: Array<string>;
    checked: boolean;
  };
  type EntryOut = {
    number: number;
    at: string;
    actor_id: string;
    unit: string;
    address: string;
    request_id: string;
    purpose: string;
    case_number: string;
    action: string;
    subject_id: string;
    detail: Record<string, unknown>;
    credential: string;
    previous: string;
    hash: string;
  };
  type EntryPageOut = {
    entries: Array<EntryOut>;
    next: string | null;
  };
  type EventType = "task.finished" | "notification.created" | "test";
  type ExaminerOut = {
    id: string;
    name: string;
    unit: string;
  };
  type ExpungementOut = {
    id: string;
    at: string;
    by: string;
    by_name?: string;
    record_id: string;
    record_removed: boolean;
    encounters: number;
    samples: number;
    search_id: string | null;
  };
  type ExpungementPageOut = {
    expungements: Array<ExpungementOut>;
    next: string | null;
  };
  type EyePosition = 100 | 101 | 102;
  type Eyes = "black" | "brown" | "blue" | "green" | "grey" | "two_colours";
  type FaceInPhoto = {
    photo: number;
    face: [number, number, number, number];
    box: CropBox;
    quality: number | null;
  };
  type FacialHair = "clean_shaven" | "moustache" | "beard";
  type FeatureKind = "ending" | "bifurcation" | "core" | "delta" | "other";
  type FieldAnswer = "on_record" | "possible" | "not_found";
  type FieldCheckOut = {
    id: string;
    created_at: string;
    answer: FieldAnswer;
    people: Array<FieldPersonOut>;
    units: Array<Elsewhere>;
  };
  type FieldPersonOut = {
    answer: FieldAnswer;
    record_id: string;
    national_number: string;
    name: string;
    sex: Sex;
    birth_year: number | null;
    looked_for: Array<LookedForOut>;
    unit: Elsewhere;
    photo: number | null;
  };
  type FillerOut = {
    record_id: string;
    band: Band;
    shared: Array<string>;
  };
  type FillersOut = {
    fillers: Array<FillerOut>;
  };
  type FindingOut = {
    score: number;
    capped: boolean;
    bound: number;
    calibrated: boolean;
    rank: number;
    hint: string;
    seen?: LatentsSeen | null;
  };
  type FingerPosition = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;
  type FoundOut = {
    records: Array<RecordSummary>;
    cases: Array<CaseOut>;
    searches: Array<SearchLineOut>;
    more_records?: boolean;
    more_searches?: boolean;
  };
  type Frame = {
    width: number;
    height: number;
    ppi: number | null;
    probe: [number, number, number, number, number, number] | null;
    candidate: [number, number, number, number, number, number] | null;
    stretch: [number, number] | null;
  };
  type GivenTemplateOut = {
    sequence: number;
    id: number;
    reference: string;
    unit: string;
    position: number | null;
    modality: Modality;
    model: string;
    quality: number | null;
    data: string;
  };
  type Glasses = "worn" | "not_worn";
  type GroupMemberOut = {
    box: [number, number, number, number];
    search: SearchOut;
  };
  type Hair = "black" | "brown" | "red" | "blond" | "grey" | "white" | "dyed" | "bald";
  type Headgear = "turban" | "other" | "none";
  type Health = {
    status: string;
    version: string;
    records: number;
    sequence: number;
    models: Array<ModelOut>;
  };
  type Hint = "likely" | "inspect" | "none";
  type HoldOut = {
    id: string;
    authority: string;
    reference: string;
    until: string | null;
  };
  type IdDocument = {
    kind: DocumentKind;
    last_four: string;
  };
  type ImageSetting = "brightness" | "contrast" | "gamma" | "sharpness" | "ridges" | "inversion" | "rotation";
  type Impression = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 28 | 29;
  type InspectedOut = {
    modality: Modality;
    position: FingerPosition | EyePosition | PalmPosition | null;
    impression: Impression | null;
    quality: number | null;
    quality_faults: Array<QualityFault>;
    quality_advice: Array<string>;
    quality_parts: Record<string, number>;
    acceptable: boolean;
    refusal: RefusalOut | null;
    box: BoxOut | null;
    ppi: number | null;
    view: PhotoView | null;
    mark: PhotographedMark | null;
    image: CutImageOut | null;
    original: OriginalOut | null;
  };
  type InspectionOut = {
    samples: Array<InspectedOut>;
    missing_fingers: Array<MissingFinger>;
    notes: Array<string>;
  };
  type InstructionLanguage = "en" | "hi";
  type LatentLink = {
    id: string;
    other: LinkedLatent;
    found_at: string;
    case_number: string | null;
    outcome: Conclusion | null;
    decibans: number | null;
  };
  type LatentOut = {
    width: number;
    height: number;
    ppi: number | null;
    position: number;
    rendering: string | null;
    original: string | null;
    region: Array<[number, number]> | null;
    minutiae: Array<MinutiaOut>;
  };
  type LatentsSeen = {
    latents: number;
    prints: number;
    reached: number;
    least: number;
    most: number;
    marked: boolean;
  };
  type LayersOut = {
    width: number;
    height: number;
    ppi: number;
    network: string;
    side: number;
    clarity: Array<Array<number>>;
    region: Array<[number, number]> | null;
    ridges: string;
  };
  type LeadOut = {
    decibans: number;
    searches: number;
    capped: boolean;
  };
  type LegalBasis = "cpi_2022_3_a" | "cpi_2022_3_b" | "cpi_2022_3_c" | "cpi_2022_5" | "prisoners_1920" | "crpc_174" | "bnss_194" | "crpc_311a" | "bnss_349" | "consent" | "unstated";
  type LimitOut = {
    name: string;
    value: number | number;
    meaning: string;
  };
  type LineupMemberOut = {
    ordinal: number;
    record_id: string;
    is_suspect: boolean;
    photo_sha256: string;
    band: Band | null;
  };
  type LineupOut = {
    id: number;
    owner: string;
    owner_name?: string;
    unit: string;
    fir_number: string;
    description: string;
    sought: Sought;
    presentation: Presentation;
    greyscale: boolean;
    state: LineupState;
    created_at: string;
    ready_at: string | null;
    commitment: string | null;
    closed_at: string | null;
    closed_because: string | null;
    seal: string | null;
    members: Array<LineupMemberOut>;
    stands_out: Array<string> | null;
    viewings: Array<ViewingOut>;
  };
  type LineupPageOut = {
    lineups: Array<LineupOut>;
    next: string | null;
  };
  type LineupState = "draft" | "ready" | "closed";
  type LinkKind = "follows" | "same_case" | "identifies";
  type LinkOut = {
    id: string;
    from_id: string;
    to_id: string;
    kind: LinkKind;
    created_at: string;
  };
  type LinkedLatent = {
    contact: Elsewhere;
    standing_id: string | null;
    number: number | null;
    search_id: string | null;
    fir_number: string | null;
    solved: boolean;
  };
  type LinkedOffences = {
    case_number: string;
    ended_at: string;
    latents: [LinkedLatent, LinkedLatent];
  };
  type LinkedOffencesPageOut = {
    offences: Array<LinkedOffences>;
    next: string | null;
  };
  type Live = {
    status: string;
  };
  type LookedForOut = {
    kind: StandingKind;
    unit: Elsewhere;
  };
  type Mark = {
    x: number;
    y: number;
    kind: MarkKind;
    direction: number | null;
    quality: number | null;
  };
  type MarkColour = "black" | "brown" | "grey" | "blue" | "green" | "orange" | "purple" | "red" | "yellow" | "white" | "several" | "outline";
  type MarkKind = "ending" | "bifurcation" | "other" | "point" | "eye" | "nose" | "mouth";
  type MarkPageOut = {
    marks: Array<MarkPhotoOut>;
    next: string | null;
  };
  type MarkPhotoOut = {
    id: number;
    record_id: string;
    mark: PhotographedMark | null;
    quality: number | null;
  };
  type MarkedImage = {
    width: number;
    height: number;
    ppi: number | null;
    marks: Array<Mark>;
    outlines: Array<Array<[number, number]>>;
  };
  type MeOut = {
    user: UserOut;
    scopes: Array<Scope>;
    must_enrol_totp: boolean;
    api_key: string | null;
    identities: Array<ProviderIdentity>;
    qualification: string;
  };
  type MentionOut = {
    search_id: string;
    created_at: string;
    case_number: string;
    officer: string;
    purpose: string;
    unit: string;
    score: ScoreOut;
    decision_hint: Hint;
    above_threshold: boolean | null;
  };
  type MentionPageOut = {
    searches: Array<MentionOut>;
    next: string | null;
  };
  type MergeOut = {
    id: string;
    survivor_id: string;
    merged_id: string;
    reason: string;
    created_at: string;
    created_by: string;
    created_by_name?: string;
    undone_at: string | null;
    undone_by: string;
    undone_by_name?: string;
    undone_because: string;
    merged_number: string;
  };
  type MinutiaOut = {
    x: number;
    y: number;
    direction: number;
    type: "ending" | "bifurcation" | "other";
    quality: number;
    placed_by: PlacedBy | null;
  };
  type MinutiaeOut = {
    width: number;
    height: number;
    ppi: number;
    network: string;
    minutiae: Array<MinutiaOut>;
  };
  type MissingFinger = {
    position: FingerPosition | EyePosition | PalmPosition;
    reason: MissingReason;
  };
  type MissingReason = "amputated" | "bandaged" | "damaged" | "unable";
  type Modality = "fingerprint" | "face" | "iris" | "palm" | "mark";
  type ModelIdentityOut = {
    model: string;
    feature_space: string;
    calibration: string;
    latent_scale?: string | null;
  };
  type ModelOut = {
    modality: Modality;
    model: string;
    searchable: number;
  };
  type ModelStateOut = {
    modality: Modality;
    name: string;
    model: string;
    installed: boolean;
    in_use: boolean;
    in_force: boolean;
    pending: number;
    pending_probes: number;
    refused: number;
    unsearchable: number | null;
    per_minute: number | null;
    minutes_left: number | null;
  };
  type MoveOut = {
    id: string;
    encounter_id: string;
    from_id: string;
    to_id: string;
    merge_id: string | null;
    undoes_id: string | null;
    reason: string;
    created_at: string;
    created_by: string;
    created_by_name?: string;
  };
  type NamedVerificationOut = {
    verification: VerificationOut;
    in_this_list: SearchRarityOut | null;
  };
  type NationalAnswer = {
    hits: Array<NationalHit>;
    states: Array<StateCoverage>;
    people: number;
  };
  type NationalHit = {
    state: string;
    unit: Elsewhere;
    reference: string;
    score: number;
  };
  type NewApiKeyOut = {
    api_key: ApiKeyOut;
    key: string;
  };
  type NewStandingOut = {
    standing: StandingOut;
    search: SearchOut;
    poor_samples?: Array<string>;
  };
  type NewWebhookOut = {
    webhook: WebhookOut;
    secret: string;
  };
  type Notification = {
    number: number;
    kind: NotificationKind;
    about: string;
    standing_id: string | null;
    record_id: string | null;
    created_at: string;
    read_at: string | null;
    case_number: string | null;
    fir_number: string | null;
    outcome: Conclusion | null;
    standing_number: number | null;
    subscription_id: number | null;
  };
  type NotificationKind = "standing_hit" | "sighting" | "case_closed" | "case_assigned" | "cross_unit_case" | "cross_unit_decided" | "password_reset" | "totp_reset" | "templates_unreadable" | "person_booked" | "person_found" | "person_identified" | "link_found" | "link_identified" | "identity_proposed";
  type NotificationPageOut = {
    notifications: Array<Notification>;
    unread: number;
    next: string | null;
  };
  type OfficeOut = {
    unit: string;
    name: string;
    telephone: string;
    level: string;
    court_details: CourtDetails;
  };
  type OfficePageOut = {
    units: Array<OfficeOut>;
    next: string | null;
  };
  type OpinionMark = {
    kind: FeatureKind;
    probe: [number, number] | null;
    candidate: [number, number] | null;
    probe_direction: number | null;
    candidate_direction: number | null;
    in_analysis: boolean | null;
  };
  type OpinionOut = {
    actor: string;
    actor_name?: string;
    part: Part;
    conclusion: Conclusion;
    notes: string;
    at: string;
    looked_at: Array<string>;
    because: string;
    pair: PairOut | null;
    marks: Array<OpinionMark>;
    against_ratio: boolean;
    grounds: string;
    unmarked_because: string;
    basis: Basis;
    adjustments: Array<Adjustment>;
    drawings: Array<Drawing>;
    informed: boolean;
  };
  type OrderOut = {
    id: string;
  };
  type OriginalOut = {
    media_type: string;
    base64: string;
    filename: string;
  };
  type OutcomeOut = {
    event: CourtEvent;
    date: string;
    court: string;
    verdict?: Verdict | null;
    case_number?: string;
    id: string;
    created_at: string;
    withdrawal: WithdrawalOut | null;
  };
  type PairMarks = {
    probe_image: string;
    marks: Array<CaseMark>;
    candidate_image: string;
  };
  type PairOut = {
    probe_image: string;
    candidate_image: string;
  };
  type PalmPosition = 20 | 21 | 22 | 23 | 24 | 25 | 26 | 27 | 28 | 29 | 30 | 31 | 32 | 33 | 34 | 35 | 36 | 37 | 38;
  type PaperCodeOut = {
    paper_code: string;
  };
  type Part = "examiner" | "verifier" | "supervisor";
  type Particulars = {
    birth_date?: string | null;
    relatives?: Array<Relative>;
    address?: Address;
    nationality?: string;
    documents?: Array<IdDocument>;
    appearance?: Appearance;
  };
  type PatternClass = "AU" | "PA" | "TA" | "RS" | "LS" | "WU" | "PW" | "CP" | "DL" | "AW" | "UC";
  type PendingMergeOut = {
    case_id: string;
    case_number: string;
    other_id: string | null;
  };
  type PeopleVerificationOut = {
    target_fmr: number;
    people: Array<NamedVerificationOut>;
    not_compared: Array<RecordSummary>;
  };
  type PersonVersionOut = {
    version: number;
    name: string;
    aliases: Array<string>;
    sex: Sex;
    birth_year: number | null;
    particulars: Particulars;
    changed_at: string;
    changed_by: string;
    changed_by_name?: string;
  };
  type PhotoView = "frontal" | "left_profile" | "right_profile" | "angled";
  type PhotographedMark = {
    kind: BodyMarkKind;
    part: BodyPart;
    side?: BodySide;
    description?: string;
    code?: string;
    colours?: Array<MarkColour>;
    height_cm?: number | null;
    width_cm?: number | null;
    designs?: Array<string>;
  };
  type PhotographedPeople = {
    people: Array<PhotographedPerson>;
    unusable: Array<UnusablePhoto>;
  };
  type PhotographedPerson = {
    faces: Array<FaceInPhoto>;
  };
  type PlacedBy = "examiner" | "software";
  type PlacedOut = {
    examiner: number;
    software: number;
    not_stated: number;
  };
  type PossibleIdentity = {
    person: DescribedPerson;
    contradictions: Array<Contradiction>;
    agreements: number;
    compared: Array<string>;
  };
  type Presentation = "sequential" | "simultaneous";
  type ProbeMark = {
    image: string;
    place: [number, number];
    kind: FeatureKind;
    direction: number | null;
  };
  type ProbeOut = {
    number: number;
    modality: Modality;
    position: FingerPosition | EyePosition | PalmPosition | null;
    label: string;
    media_type: string | null;
    kept_until: string | null;
    image: string | null;
    rendering: string | null;
    placed: PlacedOut | null;
  };
  type Problem = {
    type: string;
    title: string;
    status: number;
    code: "account_locked" | "address_refused" | "backup_damaged" | "bad_image" | "bad_request" | "basis_contradicts" | "basis_missing" | "busy" | "calibration_unusable" | "case_taken" | "clock_implausible" | "code_required" | "conflict" | "contactless_print" | "correspondences_missing" | "decryption_failed" | "duplicate_national_number" | "empty_image" | "encounter_exists" | "expungement_refused" | "extra_missing" | "face_too_small" | "fault" | "forbidden" | "grounds_missing" | "hidden_until_decided" | "idempotency_key_reused" | "image_too_large" | "internal_error" | "invalid_field" | "invalid_input" | "invalid_record" | "invalid_resolution" | "invalid_template" | "invalid_text" | "invalid_vector" | "last_administrator" | "lineup_refused" | "login_taken" | "malformed_transaction" | "marks_changed" | "master_key_missing" | "matcher_compiling" | "merge_refused" | "method_not_allowed" | "modality_not_registered" | "model_mismatch" | "model_missing" | "model_not_installed" | "move_refused" | "needs_two_people" | "no_face" | "no_samples" | "not_blind" | "not_found" | "not_independent" | "not_ready" | "nothing_to_compare" | "out_of_jurisdiction" | "overload" | "pair_not_comparable" | "pair_not_opened" | "partitions_missing" | "password_change_required" | "people_unsearchable" | "poor_quality" | "provider_refused" | "provider_unavailable" | "purpose_missing" | "repeated_finger" | "replay_impossible" | "request_too_large" | "restore_unfinished" | "search_unauthorised" | "secret_shown_before" | "server_refused" | "server_unavailable" | "several_faces" | "several_prints" | "slap_not_segmented" | "snapshot_damaged" | "stopping" | "store_refused" | "store_unavailable" | "table_unusable" | "task_outdated" | "task_unfinished" | "timed_out" | "token_expired" | "too_few_minutiae" | "too_many_at_once" | "too_many_field_checks" | "too_many_requests" | "too_many_searches" | "too_many_targets" | "unauthenticated" | "undecodable_image" | "unfinished" | "unknown_account" | "unknown_account_request" | "unknown_api_key" | "unknown_case" | "unknown_clearance" | "unknown_encounter" | "unknown_expungement" | "unknown_field" | "unknown_gallery" | "unknown_lineup" | "unknown_link" | "unknown_merge" | "unknown_notification" | "unknown_outcome" | "unknown_record" | "unknown_sample" | "unknown_search" | "unknown_standing_search" | "unknown_subscription" | "unknown_task" | "unknown_webhook" | "unsupported_image" | "unsupported_record" | "unusable_sample" | "upload_too_slow" | "version_mismatch" | "version_missing" | "weak_password" | "wrong_credentials" | "wrong_step";
    detail: string;
    errors?: Array<Record<string, unknown>>;
    incident?: string;
    checks?: Record<string, string>;
  };
  type ProvenanceOut = {
    merges: Array<MergeOut>;
    moves: Array<MoveOut>;
    pending: Array<PendingMergeOut>;
  };
  type ProviderIdentity = {
    issuer: string;
    subject: string;
    confirmed_at: string | null;
  };
  type QualityFault = "no_print" | "too_small" | "too_dry" | "too_wet" | "low_contrast" | "moved" | "blurred" | "too_dark" | "too_bright" | "far_away" | "turned_aside" | "profile" | "looks_up_or_down" | "eyes_covered" | "busy_background" | "unsure_face" | "picture_of_a_picture" | "small_mark" | "blurred_mark" | "faint_mark" | "covered_iris" | "faint_iris" | "faint_pupil" | "odd_pupil" | "blurred_iris" | "cut_off_iris" | "looks_aside" | "small_iris" | "small_palm" | "unclear_palm" | "several_prints";
  type QualityLimit = "small_area" | "low_clarity" | "distortion" | "background" | "overlap" | "scars";
  type Ready = {
    status: string;
    checks: Record<string, string>;
    warnings: Array<string>;
  };
  type RecognitionOut = {
    modality: Modality;
    model: string;
    calibration: string;
    templates: number;
    sequence: number;
    lag: number;
    standing: number;
  };
  type Reconciliation = {
    body: DescribedPerson;
    possible: Array<PossibleIdentity>;
    excluded: Record<string, number>;
  };
  type ReconciliationPageOut = {
    bodies: Array<Reconciliation>;
    next: string | null;
  };
  type RecordFilterOut = {
    id: string;
    name: string;
    conditions: Record<string, string>;
  };
  type RecordFiltersOut = {
    filters: Array<RecordFilterOut>;
  };
  type RecordOut = {
    id: string;
    national_number: string;
    name: string;
    aliases: Array<string>;
    sex: Sex;
    birth_year: number | null;
    fir_numbers: Array<string>;
    particulars: Particulars;
    created_at: string;
    version: number;
    encounters: Array<EncounterOut>;
    problems?: Array<StoredProblemOut>;
  };
  type RecordPage = {
    records: Array<RecordSummary>;
    next: string | null;
    incomplete: boolean;
  };
  type RecordSummary = {
    id: string;
    national_number: string;
    name: string;
    aliases: Array<string>;
    sex: Sex;
    birth_year: number | null;
    fir_numbers: Array<string>;
  };
  type ReferralOut = {
    examined_by: string;
    contacts: Array<Elsewhere>;
  };
  type RefusalOut = {
    code: string;
    detail: string;
  };
  type RefusedSampleOut = {
    sample_id: number;
    modality: Modality;
    position: FingerPosition | EyePosition | PalmPosition | null;
    code: string;
    detail: string;
  };
  type Relation = "father" | "mother" | "husband" | "wife" | "guardian" | "other";
  type Relative = {
    relation: Relation;
    name: string;
  };
  type Removal = {
    sequence: number;
    id: number;
  };
  type ReplayOut = {
    same: boolean;
    removed: number;
    meanwhile: number;
    index_differs: boolean;
    search: SearchOut;
    candidates: Array<CandidateOut>;
  };
  type ResolvedOut = {
    record_id: string;
  };
  type Role = "station_officer" | "examiner" | "supervisor" | "records_clerk" | "auditor" | "administrator" | "machine_client" | "abis_integration" | "national_index";
  type SampleOut = {
    id: number;
    modality: Modality;
    position: FingerPosition | EyePosition | PalmPosition | null;
    impression: Impression | null;
    view: PhotoView | null;
    box: Array<number> | null;
    mark: PhotographedMark | null;
    filename: string;
    media_type: string;
    width: number;
    height: number;
    ppi: number | null;
    quality: number | null;
    quality_faults: Array<QualityFault>;
    quality_advice: Array<string>;
    quality_parts: Record<string, number>;
    accepted_because: string;
    image_sha256: string;
  };
  type SampleScoreOut = {
    probe: string;
    sample_id: number;
    score: ScoreOut;
    counted?: boolean;
  };
  type SamplesComparisonOut = {
    score: ScoreOut;
    samples: Array<ComparedSampleOut>;
  };
  type Scope = "abis.encounter.read" | "abis.encounter.write" | "abis.identify" | "abis.verify" | "abis.gallery.read" | "abis.task.read" | "abis.task.update" | "pehchan.image.read" | "pehchan.search.read" | "pehchan.record.merge" | "pehchan.outcome.write" | "pehchan.retention.manage" | "pehchan.record.expunge" | "pehchan.watch.manage" | "pehchan.case.read" | "pehchan.case.examine" | "pehchan.case.supervise" | "pehchan.report.read" | "pehchan.audit.read" | "pehchan.account.manage" | "pehchan.unit.manage" | "pehchan.key.manage" | "pehchan.backup" | "pehchan.national.search" | "pehchan.national.follow";
  type ScoreOut = {
    decibans: number;
    extrapolated: boolean;
    low: number;
    high: number;
    capped: boolean;
    bound: number;
    calibrated: boolean;
    ratio?: number | null;
    strength?: Strength | null;
    is_poor?: boolean;
    seen?: LatentsSeen | null;
  };
  type SearchChart = {
    probe: MarkedImage;
    candidate: MarkedImage;
    pairs: Array<[number, number]>;
    frame: Frame;
    ordinal: number;
  };
  type SearchLineOut = {
    id: string;
    created_at: string;
    searched_by: string;
    searched_by_name?: string;
    officer: string;
    unit: string;
    purpose: string;
    case_number: string;
    modalities: Array<Modality>;
    files: number;
    candidates: number | null;
    names_somebody: boolean | null;
    other_states: number | null;
    hidden: boolean;
    unauthorised?: boolean;
    picture: string | null;
  };
  type SearchOut = {
    id: string;
    created_at: string;
    case_number: string;
    officer: string;
    searched_by: string;
    searched_by_name: string;
    purpose: string;
    reason: string;
    authorise_until?: string | null;
    unit: string;
    gallery_size: number;
    sequence: number;
    target_fpir: number | null;
    threshold: number | null;
    threshold_capped: boolean;
    identity: Record<string, ModelIdentityOut>;
    probes: Array<ProbeOut>;
    not_searched?: Record<string, string>;
    left_out?: Array<string>;
    candidates: Array<CandidateOut>;
    national?: StatesSearchedOut | null;
  };
  type SearchPageOut = {
    searches: Array<SearchLineOut>;
    next: string | null;
  };
  type SearchRarityOut = {
    searches: number;
    people: number;
    says_little: boolean;
  };
  type Section = {
    act: string;
    section: string;
  };
  type SectionsBegun = {
    sections: Array<Section>;
  };
  type Sex = "male" | "female" | "transgender" | "unknown";
  type Side = "probe" | "candidate";
  type Sought = {
    age_from: number | null;
    age_to: number | null;
    height_from_cm: number | null;
    height_to_cm: number | null;
    build: Build | null;
    complexion: Complexion | null;
    hair: Hair | null;
    facial_hair: FacialHair | null;
    glasses: Glasses | null;
    headgear: Headgear | null;
  };
  type StandingKind = "latent" | "offence" | "missing" | "unidentified_body" | "wanted";
  type StandingOut = {
    id: string;
    number: number;
    kind: StandingKind;
    search_id: string | null;
    encounter_id: string | null;
    record_id: string | null;
    owner: string;
    owner_name?: string;
    unit: string;
    created_at: string;
    expires_on: string | null;
    ended_at: string | null;
    ended_by: string | null;
    ended_by_name?: string;
    ended_because: string | null;
  };
  type StandingPageOut = {
    standing: Array<StandingOut>;
    next: string | null;
  };
  type State = "waiting" | "running" | "succeeded" | "failed";
  type StateCoverage = {
    state: string;
    name: string;
    coverage: Coverage;
    read_until: string | null;
    failing_since: string | null;
    failure: string;
    without: Array<Modality>;
  };
  type StatementOut = {
    genuine: boolean;
    expired: boolean;
    revoked: boolean | null;
    content: Record<string, string>;
    public_key: string;
  };
  type StatesSearchedOut = {
    hits: Array<NationalHit>;
    states: Array<StateCoverage>;
    people: number;
    legal_basis: string;
    failure: string;
  };
  type StoredProblemOut = {
    encounter_id: string | null;
    message: string;
  };
  type Strength = "none" | "weak" | "moderate" | "moderately-strong" | "strong" | "very-strong" | "extremely-strong";
  type SubscriptionEventOut = {
    kind: NotificationKind;
    at: string;
    contact: Elsewhere;
  };
  type SubscriptionOut = {
    id: number;
    record_id: string;
    owner: string;
    owner_name?: string;
    unit: string;
    legal_basis: string;
    created_at: string;
    expires_on: string;
    ended_at: string | null;
    ended_by: string | null;
    ended_by_name?: string;
    ended_because: string | null;
    events: Array<SubscriptionEventOut>;
  };
  type SubscriptionPageOut = {
    subscriptions: Array<SubscriptionOut>;
    next: string | null;
  };
  type SystemOut = {
    version: string;
    python: string;
    station: string;
    records: number;
    audit_entries: number;
    disks: Array<DiskOut>;
    last_backup: string | null;
    checks_waiting: number;
    tasks_waiting: number;
    database: DatabaseOut;
    images: string;
    vectors: string;
    totp_required: boolean;
    metrics_port: number;
    checks: Record<string, string>;
    models: Array<WeightsOut>;
    recognition: Array<RecognitionOut>;
    model_states: Array<ModelStateOut>;
    refused: Array<RefusedSampleOut>;
    software: Record<string, string>;
    limits: Array<LimitOut>;
  };
  type TaskOut = {
    id: string;
    request: string;
    state: State;
    stage: string | null;
    created_at: string;
    changed_at: string;
    response: string | null;
  };
  type TaskPageOut = {
    tasks: Array<TaskOut>;
    next: string | null;
  };
  type TokensOut = {
    access_token: string;
    token_type?: string;
    expires_in: number;
    refresh_token: string;
    device: string | null;
    must_enrol_totp: boolean;
  };
  type TotpOut = {
    secret: string;
    uri: string;
  };
  type UnsolvedLatentOut = {
    standing: StandingOut;
    fir_number: string;
    links: Array<LatentLink>;
  };
  type UnsolvedLatentPageOut = {
    latents: Array<UnsolvedLatentOut>;
    next: string | null;
  };
  type UnusablePhoto = {
    photo: number;
    reason: string;
  };
  type UserOut = {
    id: string;
    login: string;
    name: string;
    roles: Array<Role>;
    unit: string;
    created_at: string;
    disabled_at: string | null;
    has_password: boolean;
    has_totp: boolean;
    setup_until: string | null;
  };
  type UserPageOut = {
    users: Array<UserOut>;
    next: string | null;
  };
  type Verdict = "released_without_trial" | "discharged" | "acquitted" | "convicted";
  type VerificationOut = {
    record: RecordSummary;
    match: boolean;
    score: ScoreOut;
    target_fmr: number;
    threshold: number;
    threshold_capped: boolean;
    samples: Array<SampleScoreOut>;
  };
  type ViewingOut = {
    number: number;
    witness: string;
    operator: string;
    operator_name?: string;
    present: string;
    language: InstructionLanguage;
    started_at: string;
    seed: string;
    order: Array<number>;
    commitment: string;
    ended_at: string | null;
    remarks: string;
    seal: string | null;
    positions: Array<number>;
    answers: Array<WitnessAnswerOut>;
  };
  type WaitingOut = {
    authority: string;
    reference: string;
    date: string;
  };
  type WebhookOut = {
    id: string;
    url: string;
    events: Array<EventType>;
    created_at: string;
  };
  type WeightsOut = {
    name: string;
    purpose: string;
    location: string;
    sha256: string;
    licence: string;
    source: string;
  };
  type WithdrawalOut = {
    at: string;
    by: string;
    by_name?: string;
    because: string;
    replaced_by: string | null;
  };
  type WitnessAnswerOut = {
    number: number;
    lap: number;
    position: number | null;
    choice: Choice;
    words: string;
    confidence: string;
    at: string;
  };
  type WorkingMarks = {
    version: number;
    pairs: Array<PairMarks>;
    adjustments: Array<Adjustment>;
    drawings: Array<Drawing>;
  };
}
