"""What an error means to an officer, and what to do, by its code; what the service says itself is English."""

from __future__ import annotations

from typing import Final

from api.web.languages import Language
from api.web.marking import N_

SENTENCES: Final = {
    # What was sent
    "invalid_input": N_("What was sent cannot be accepted, and nothing was stored. Correct it and send it again."),
    "invalid_field": N_(
        "Something that was entered breaks its rule, and nothing was stored. Correct it and send it again."
    ),
    "invalid_text": N_("A text holds a character that cannot be shown or stored. Type it again instead of pasting it."),
    "unknown_field": N_(
        "The service does not know one of the fields that were sent. Correct its name and send it again."
    ),
    "bad_image": N_("The file is not an image that can be used. Choose another one."),
    "empty_image": N_("The file is empty. Choose another one, or take the image again."),
    "unsupported_image": N_("The file is of a kind that is not read here. Send PNG, JPEG, TIFF, JPEG 2000 or WSQ."),
    "undecodable_image": N_("The image is damaged or cut short. Copy it again, or take it again."),
    "image_too_large": N_("The image is too large. Make it smaller and send it again."),
    "unusable_sample": N_("Nothing in the image can be compared. Take it again."),
    "no_face": N_("No face was found in the photo. Take one with the whole face, from the front."),
    "several_faces": N_("The photo shows more than one face. Take one of this person alone."),
    "face_too_small": N_("The face is too small to be compared. Take the photo from nearer, or with a better camera."),
    "too_few_minutiae": N_(
        "The print shows too little ridge detail to be compared. Take it again, of more of the finger."
    ),
    "poor_quality": N_(
        "The print or photo is too poor to be enrolled. Take it again, or say why it is enrolled all the same."
    ),
    "slap_not_segmented": N_("The fingers of the slap cannot be told apart. Take it again, or take single fingers."),
    "unsupported_record": N_(
        "The file is not a record of minutiae, or of a version that is not read here. Send the image of the print."
    ),
    "invalid_record": N_(
        "The file of minutiae is damaged or contradicts itself. Export it again, or send the image of the print."
    ),
    "invalid_resolution": N_(
        "No scanner has this resolution. Enter what the scanner or the card has, such as 500 ppi."
    ),
    "purpose_missing": N_("It is not said what the search is for, or in which case. Enter both and search again."),
    "no_samples": N_("There is neither a print nor a photo. Add at least one."),
    "repeated_finger": N_("One finger was given twice. Take out the print that is too many, or correct its finger."),
    "idempotency_key_reused": N_(
        "Something else was sent as the same request before, and nothing was done. Load the page again and send "
        "it anew."
    ),
    "version_missing": N_(
        "It is not said which state of the record was changed, and nothing was stored. Load the page again."
    ),
    "malformed_transaction": N_(
        "The ANSI/NIST file breaks the standard. Whoever made it must correct what is named below."
    ),
    "address_refused": N_("The address may not be called from here, or does not answer. Ask the operator to allow it."),
    "weak_password": N_(
        "This password cannot be taken. Take another of 12 characters or more, such as several unrelated words."
    ),
    # Who asks
    "unauthenticated": N_("You are not signed in. Sign in and try again."),
    "wrong_credentials": N_("Login, password or code is wrong. Type them again."),
    "code_required": N_("Your account asks for a code. Type the one that your phone shows now."),
    "password_change_required": N_("This password is good for one sign-in. Choose a new password of your own."),
    "token_expired": N_("Your session has ended. Sign in again."),
    "provider_refused": N_("Signing in by the provider did not work. Begin again, or sign in by your password."),
    "forbidden": N_("Your account may not do this. Ask an administrator of your unit if you need it."),
    "out_of_jurisdiction": N_("Another unit keeps this. Call the unit that is named below."),
    "hidden_until_decided": N_(
        "You have a part in a case about this, so what the search found is hidden until your opinion "
        "is given. Decide the case first."
    ),
    "too_many_requests": N_("Too much was asked for in a short time. Wait a minute and try again."),
    "too_many_searches": N_(
        "This account has made as many searches in the last hour as it may; this one was not made. "
        "Wait, then search again."
    ),
    "account_locked": N_(
        "There were too many wrong tries for this login. Wait a while, or ask an administrator to forget them."
    ),
    # What is not there
    "not_found": N_("There is nothing at this address. Check it, or begin on the first page."),
    "unknown_record": N_("There is no such record. Check the number; it may have been removed."),
    "unknown_encounter": N_("There is no such encounter in this record. Load the record again."),
    "unknown_outcome": N_("There is no such decision of a court here. Load the record again."),
    "unknown_merge": N_("There is no such merge or move. Load the record again."),
    "unknown_sample": N_(
        "There is no such print or photo. It may have been removed or destroyed; load the record again."
    ),
    "unknown_expungement": N_(
        "There is no such certificate, or the destruction is not finished yet. Look again later."
    ),
    "unknown_search": N_("There is no such search. Check the address."),
    "unknown_case": N_("There is no such case that you may see. Check the address."),
    "unknown_standing_search": N_("There is no such standing search that you may see. Check the number."),
    "unknown_notification": N_("There is no such notification for you. Load the page again."),
    "unknown_gallery": N_("Nobody is in a gallery of this name. Check the name."),
    "unknown_task": N_("This task is not there, or not any more. Ask for it anew."),
    "unknown_webhook": N_("There is no such webhook. Load the page again."),
    "unknown_account": N_("There is no such account in your unit or below. Check the login."),
    "unknown_api_key": N_("There is no such API key. Load the page again."),
    # What is otherwise than the request takes it to be
    "conflict": N_("This does not go together with what is stored, and nothing was changed. Load the page again."),
    "duplicate_national_number": N_(
        "Another record has this national number. Add to that record, or correct the number."
    ),
    "merge_refused": N_(
        "These records cannot be merged, or the merge or move cannot be undone as things are now. Load the page again."
    ),
    "version_mismatch": N_(
        "Somebody else has changed this since you opened it, and nothing was stored. Load the page again, and do "
        "it anew where it is still right."
    ),
    "nothing_to_compare": N_("There is nothing here that can be compared with it. Choose another print or photo."),
    "replay_impossible": N_(
        "The search was answered by an older model, so it cannot be made again as it was. Search anew."
    ),
    "wrong_step": N_("This is not where that can be done to it now. Load the page again to see how it stands."),
    "case_taken": N_("The case is somebody else's, or nobody has taken it yet. Load the page again."),
    "pair_not_opened": N_(
        "The opinion rests on images that were not opened since the analysis. Compare them, or choose the pair that "
        "you compared."
    ),
    "not_independent": N_("You have a part in this case already; somebody else must do this one."),
    "encounter_exists": N_("The person has an encounter of this id already. Give another id."),
    "login_taken": N_("Another account has this login, or this identity at the provider. Choose another one."),
    "secret_shown_before": N_(
        "This was done before, and its secret was shown then. Where it was lost, remove what was made and make it anew."
    ),
    "last_administrator": N_(
        "Nobody would be left to manage the accounts of this unit. Appoint another administrator first."
    ),
    "clock_implausible": N_(
        "The server's clock may be wrong, so nothing was destroyed. Tell the operator what it says below."
    ),
    "expungement_refused": N_(
        "This may not be destroyed now, and nothing was destroyed. What stands against it is said below."
    ),
    "move_refused": N_("The station cannot be moved so, and nothing was written. Ask the operator."),
    "task_unfinished": N_("This is not finished yet. Look again in a moment."),
    # What there is no room for now
    "overload": N_("The service has too much to do, and nothing was done. Try again in a moment."),
    "busy": N_("The service is busy, and nothing was done. Try again in a moment."),
    "stopping": N_("The service is being stopped, and nothing was done. Try again in some minutes."),
    "too_many_at_once": N_("You asked for too many things at once. Wait until some are done, and try again."),
    "not_ready": N_("The service is not ready yet. Try again in some minutes."),
    "timed_out": N_("The answer took too long. It is not known whether it was done: look before you send it again."),
    "upload_too_slow": N_("The file came too slowly. Send it again, or by a better connection."),
    "request_too_large": N_("More was sent than is taken at once. Send fewer or smaller files."),
    # What is wrong with the installation
    "fault": N_("Something is wrong with the service itself. Tell the operator what is said below."),
    "internal_error": N_(
        "Something went wrong in the service, and nothing was changed. Tell the operator the number below."
    ),
    "unfinished": N_(
        "This failed part-way, and some of it may be stored. Check before you send it again, and tell the operator."
    ),
    "model_missing": N_("A model of the service is missing. Tell the operator."),
    "model_mismatch": N_("The models of the service do not fit together. Tell the operator."),
    "invalid_vector": N_("The service made features that cannot be right. Tell the operator."),
    "snapshot_damaged": N_("The saved search index is damaged. Tell the operator."),
    "invalid_template": N_("A stored template is damaged. Tell the operator."),
    "calibration_unusable": N_("The calibration of a model is missing or damaged. Tell the operator."),
    "decryption_failed": N_(
        "Something that is stored cannot be opened: it was changed, or its key is gone. Tell the operator."
    ),
    "backup_damaged": N_("The backup, or its copy of the keys, cannot be used. Tell the operator."),
    "master_key_missing": N_("The master key of the service is not at hand. Tell the operator."),
    "table_unusable": N_("The table of transactions cannot be read. Tell the operator."),
    "extra_missing": N_("A part of the service is not installed. Tell the operator."),
    "store_unavailable": N_(
        "The database or the store of images does not answer. Try again in a moment; where it stays so, tell the "
        "operator."
    ),
    "restore_unfinished": N_("The service is being restored from a backup and is not ready yet. Tell the operator."),
    "server_unavailable": N_("The server that the station sends to does not answer. Try again later."),
    "provider_unavailable": N_(
        "The provider that signs you in does not answer. Try again later, or sign in by your password."
    ),
    # What the server refuses before it is looked at
    "bad_request": N_("What was sent cannot be read. Load the page again and send it anew."),
    "method_not_allowed": N_("This cannot be asked for here. Begin on the first page."),
    "http_error": N_("The service does not take this. What it says is below."),
}


def sentences(language: Language) -> dict[str, str]:
    """Return the sentence of each code in a language."""
    return {code: language.translations.gettext(sentence) for code, sentence in SENTENCES.items()}
