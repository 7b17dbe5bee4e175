"""Every error that Pehchan raises on purpose.

    PehchanError
    ├── InvalidInput                what the caller sent cannot be accepted; nothing was written
    │   ├── BadImage
    │   │   ├── EmptyImage          no bytes at all
    │   │   ├── UnsupportedImage    not one of the formats we read
    │   │   ├── UndecodableImage    truncated or corrupt
    │   │   └── ImageTooLarge       too many bytes or pixels
    │   ├── UnusableSample
    │   │   ├── NoFace
    │   │   ├── SeveralFaces
    │   │   ├── SeveralPrints
    │   │   ├── FaceTooSmall
    │   │   ├── TooFewMinutiae
    │   │   ├── PoorQuality         below the quality floor for enrolment, and no reason given to enrol it anyway
    │   │   └── SlapNotSegmented    another number of fingers than the slap must show
    │   ├── UnsupportedRecord       a standard's record of something else, or of a version not read here
    │   ├── InvalidRecord           a finger minutiae record that is cut short, damaged or contradicts itself
    │   ├── InvalidResolution       a ppi that no scanner has
    │   ├── InvalidField            a value breaks its rule (number, date, code …)
    │   ├── InvalidText             a text with NUL, half a surrogate pair or another control character
    │   ├── UnknownField            a form field, query parameter or JSON property that the operation does not have
    │   ├── PurposeMissing          a search that does not say what for, or in which case
    │   ├── ContactlessPrint        a photo of a finger in a field check, which takes prints of a scanner
    │   ├── NoSamples               nothing to enrol or to search with
    │   ├── RepeatedFinger          one finger position given twice
    │   ├── TaskOutdated            another version accepted a task
    │   ├── KeyReused               an idempotency key that was used for another request
    │   ├── VersionMissing          a change of what is stored that does not say which version it was made from
    │   ├── MalformedTransaction    not an ANSI/NIST-ITL file, or one that breaks the standard
    │   ├── AddressRefused          a callback, or where an image is, that is not allowed or does not answer
    │   └── WeakPassword            too short, or one that is tried first
    ├── Unauthenticated             no valid credentials
    │   ├── WrongCredentials        wrong login, password, code or token; the message does not reveal which
    │   ├── CodeRequired            the password is right, and a one-time code is missing
    │   ├── PasswordChangeRequired  a one-time password is right, and a password of one's own is missing
    │   ├── ProviderRefused         what came from the outside provider proves nothing
    │   └── TokenExpired            an access token that was good once
    ├── Forbidden                   recognised, and not allowed
    │   ├── OutOfJurisdiction       of another unit, which the message names
    │   ├── NeedsTwoPeople          a change of an account that another administrator must approve
    │   ├── HiddenUntilDecided      a search result, hidden from the examiner of a case about it
    │   └── SearchUnauthorised      a search result whose order was refused, or did not come in time
    ├── TooManyRequests             `retry_after` says how many seconds to wait
    │   ├── AccountLocked           too many wrong passwords or codes
    │   ├── TooManySearches         searches of one account that may reveal people of other units
    │   ├── TooManyFieldChecks      field checks of one account within an hour
    │   └── TooManyTargets          comparisons with one record at many targets, which would find a withheld score
    ├── NotFound
    │   ├── UnknownRecord
    │   ├── UnknownEncounter
    │   ├── UnknownOutcome          no such outcome of a court in the encounter
    │   ├── UnknownMerge            no such merge of records, or move of an encounter
    │   ├── UnknownSample
    │   ├── UnknownExpungement
    │   ├── UnknownSearch
    │   ├── UnknownCase
    │   ├── UnknownStandingSearch
    │   ├── UnknownSubscription     no such subscription to a person on record
    │   ├── UnknownLink             no such link of two unsolved latents
    │   ├── UnknownClearance        no such request for a clearance certificate
    │   ├── UnknownLineup
    │   ├── UnknownNotification
    │   ├── UnknownGallery
    │   ├── UnknownTask
    │   ├── UnknownWebhook
    │   ├── UnknownAccount
    │   ├── UnknownAccountRequest
    │   └── UnknownApiKey
    ├── Conflict
    │   ├── DuplicateNationalNumber
    │   ├── MergeRefused            records that cannot be merged, or a merge or move that cannot be undone
    │   ├── VersionMismatch         the record has changed since the caller read it
    │   ├── NothingToCompare        the record holds no sample of the kind that was given
    │   ├── ReplayImpossible        a search was answered by another model or calibration than today's
    │   ├── WrongStep               a case, or a standing search, is not where this can be done to it
    │   ├── LineupRefused           a person who must not be in a photo line-up, or too few fillers
    │   ├── NotBlind                an officer who may know the suspect of a line-up
    │   ├── CaseTaken               another person has the case
    │   ├── NotIndependent          the caller has a part in the case already
    │   ├── PairNotComparable       an opinion that rests on images of two different fingers
    │   ├── BasisMissing           an identification or exclusion of prints without its grounds in fields
    │   ├── BasisContradicts       an opinion that its own grounds contradict
    │   ├── CorrespondencesMissing  an identification of prints without a marked correspondence or a written reason
    │   ├── MarksChanged            the marks at work in a case were changed on another computer
    │   ├── GroundsMissing          a conclusion against the automatic comparison without a written reason
    │   ├── PairNotOpened           an opinion that rests on images that its author has not opened
    │   ├── EncounterExists         the person has an encounter of this id already
    │   ├── LoginTaken              another account has the login, or the identity at the provider
    │   ├── TaskUnfinished          a task has no result yet
    │   ├── SecretShown             a repeated request whose answer held a secret, which is kept nowhere
    │   ├── LastAdministrator       the unit would have no administrator left
    │   ├── ClockImplausible        the clock may be wrong, and the request depends on the date; nothing was destroyed
    │   ├── ExpungementRefused      samples may not, or cannot, be destroyed now; nothing was destroyed
    │   └── MoveRefused             a station cannot be moved from there, or to there; nothing was written
    ├── Overload                    more requests than can be served at once; nothing was done
    │   ├── Busy                    by all clients together
    │   ├── MatcherCompiling        prints cannot be processed yet
    │   ├── Stopping                the service is being stopped
    │   └── TooManyAtOnce           by this client
    └── Fault                       the installation, not the caller, is at fault
        ├── ModelMissing            a weights file is not where the manifest says
        ├── ModelMismatch           wrong hash, or templates of two models compared
        ├── ModalityNotRegistered   the database holds a modality that this installation lacks
        ├── ModelNotInstalled       the model in force is in none of the manifests
        ├── PeopleUnsearchable      people on record have no template of the model in force
        ├── InvalidVector           wrong dimension, NaN
        ├── SnapshotDamaged         an index file that cannot be trusted
        ├── InvalidTemplate         stored template bytes that cannot be parsed
        ├── ServerUnavailable       the server that a station sends its queue to does not answer, or does not take it
        │   └── ServerRefused       the server that is called refuses the key or the request
        ├── ProviderUnavailable     the outside provider does not answer as it should
        ├── CalibrationUnusable     no calibration for a model, or a broken one
        ├── DecryptionFailed        sealed bytes that were changed or moved, or whose key is gone
        ├── BackupDamaged           a backup, or a copy of its keys, that cannot be used
        ├── MasterKeyMissing        the key that wraps all others is missing or invalid
        ├── TableUnusable           the operator's table of transactions cannot be read
        ├── Unfinished              a request failed part-way, and some of it may be stored
        ├── ExtraMissing            a setting needs a package that is not installed
        └── StoreUnavailable        the database or the image store does not answer
            ├── StoreRefused        the database refuses the service's user, or the image store its keys
            ├── PartitionsMissing   a part of the divided index of prints does not answer; nothing was searched
            └── RestoreUnfinished   the station is being restored, or copied, and is not whole yet

`code` is stable: callers may switch on it. The message is one sentence or two for a person, and says what to do.
HTTP status codes are given in `api/http/errors.py` only.
"""

from __future__ import annotations

# isort: skip_file
# Each name under its own name again, which re-exports it; isort would make a statement of each.
from biometrics.kernel.errors.base import (
    BackupDamaged as BackupDamaged,
    CalibrationUnusable as CalibrationUnusable,
    Conflict as Conflict,
    DecryptionFailed as DecryptionFailed,
    ExtraMissing as ExtraMissing,
    Fault as Fault,
    Forbidden as Forbidden,
    InvalidInput as InvalidInput,
    InvalidTemplate as InvalidTemplate,
    InvalidVector as InvalidVector,
    MasterKeyMissing as MasterKeyMissing,
    ModalityNotRegistered as ModalityNotRegistered,
    ModelMismatch as ModelMismatch,
    ModelMissing as ModelMissing,
    ModelNotInstalled as ModelNotInstalled,
    NotFound as NotFound,
    Overload as Overload,
    PartitionsMissing as PartitionsMissing,
    PehchanError as PehchanError,
    PeopleUnsearchable as PeopleUnsearchable,
    RestoreUnfinished as RestoreUnfinished,
    ServerRefused as ServerRefused,
    ServerUnavailable as ServerUnavailable,
    SnapshotDamaged as SnapshotDamaged,
    StoreRefused as StoreRefused,
    StoreUnavailable as StoreUnavailable,
    TooManyRequests as TooManyRequests,
    Unauthenticated as Unauthenticated,
    kinds as kinds,
)
from biometrics.kernel.errors.domain import (
    BasisContradicts as BasisContradicts,
    BasisMissing as BasisMissing,
    CaseTaken as CaseTaken,
    ClockImplausible as ClockImplausible,
    ContactlessPrint as ContactlessPrint,
    CorrespondencesMissing as CorrespondencesMissing,
    DuplicateNationalNumber as DuplicateNationalNumber,
    EncounterExists as EncounterExists,
    ExpungementRefused as ExpungementRefused,
    GroundsMissing as GroundsMissing,
    HiddenUntilDecided as HiddenUntilDecided,
    LineupRefused as LineupRefused,
    MarksChanged as MarksChanged,
    MergeRefused as MergeRefused,
    MoveRefused as MoveRefused,
    NotBlind as NotBlind,
    NotIndependent as NotIndependent,
    PairNotComparable as PairNotComparable,
    PairNotOpened as PairNotOpened,
    PurposeMissing as PurposeMissing,
    ReplayImpossible as ReplayImpossible,
    SearchUnauthorised as SearchUnauthorised,
    TooManyFieldChecks as TooManyFieldChecks,
    TooManySearches as TooManySearches,
    TooManyTargets as TooManyTargets,
    UnknownCase as UnknownCase,
    UnknownClearance as UnknownClearance,
    UnknownEncounter as UnknownEncounter,
    UnknownExpungement as UnknownExpungement,
    UnknownGallery as UnknownGallery,
    UnknownLineup as UnknownLineup,
    UnknownLink as UnknownLink,
    UnknownMerge as UnknownMerge,
    UnknownNotification as UnknownNotification,
    UnknownOutcome as UnknownOutcome,
    UnknownRecord as UnknownRecord,
    UnknownSearch as UnknownSearch,
    UnknownStandingSearch as UnknownStandingSearch,
    UnknownSubscription as UnknownSubscription,
    VersionMismatch as VersionMismatch,
    WrongStep as WrongStep,
)
from biometrics.kernel.errors.requests import (
    AccountLocked as AccountLocked,
    AddressRefused as AddressRefused,
    BadImage as BadImage,
    Busy as Busy,
    CodeRequired as CodeRequired,
    EmptyImage as EmptyImage,
    FaceTooSmall as FaceTooSmall,
    FieldFault as FieldFault,
    ImageTooLarge as ImageTooLarge,
    InvalidField as InvalidField,
    InvalidRecord as InvalidRecord,
    InvalidResolution as InvalidResolution,
    InvalidText as InvalidText,
    KeyReused as KeyReused,
    LastAdministrator as LastAdministrator,
    LoginTaken as LoginTaken,
    MalformedTransaction as MalformedTransaction,
    MatcherCompiling as MatcherCompiling,
    NeedsTwoPeople as NeedsTwoPeople,
    NoFace as NoFace,
    NoSamples as NoSamples,
    NothingToCompare as NothingToCompare,
    OutOfJurisdiction as OutOfJurisdiction,
    PasswordChangeRequired as PasswordChangeRequired,
    PoorQuality as PoorQuality,
    ProviderRefused as ProviderRefused,
    ProviderUnavailable as ProviderUnavailable,
    RepeatedFinger as RepeatedFinger,
    SecretShown as SecretShown,
    SeveralFaces as SeveralFaces,
    SeveralPrints as SeveralPrints,
    SlapNotSegmented as SlapNotSegmented,
    Stopping as Stopping,
    TableUnusable as TableUnusable,
    TaskOutdated as TaskOutdated,
    TaskUnfinished as TaskUnfinished,
    TokenExpired as TokenExpired,
    TooFewMinutiae as TooFewMinutiae,
    TooManyAtOnce as TooManyAtOnce,
    UndecodableImage as UndecodableImage,
    Unfinished as Unfinished,
    UnknownAccount as UnknownAccount,
    UnknownAccountRequest as UnknownAccountRequest,
    UnknownApiKey as UnknownApiKey,
    UnknownField as UnknownField,
    UnknownSample as UnknownSample,
    UnknownTask as UnknownTask,
    UnknownWebhook as UnknownWebhook,
    UnsupportedImage as UnsupportedImage,
    UnsupportedRecord as UnsupportedRecord,
    UnusableSample as UnusableSample,
    VersionMissing as VersionMissing,
    WeakPassword as WeakPassword,
    WrongCredentials as WrongCredentials,
)
