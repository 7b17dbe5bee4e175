"""What an error means to an officer and what to do, by its code; the service's own messages are in English."""

from __future__ import annotations

from typing import Final

from api.localisation.languages import Language
from api.localisation.translatable import N_

SENTENCES: Final = {
    # What was sent
    "invalid_input": N_("The request was not accepted and nothing was stored. Correct it and send it again."),
    "invalid_field": N_("An entry is not valid, so nothing was stored. Correct it and send it again."),
    "invalid_text": N_(
        "A text contains a character that cannot be shown or stored. Type the text instead of pasting it."
    ),
    "unknown_field": N_("The service does not know one of the fields sent. Correct its name and send it again."),
    "bad_image": N_("The file is not a usable image. Choose another one."),
    "empty_image": N_("The file is empty. Choose another one, or take the image again."),
    "unsupported_image": N_("This file format is not supported. Send PNG, JPEG, TIFF, JPEG 2000 or WSQ."),
    "undecodable_image": N_("The image is damaged or incomplete. Copy it again, or take it again."),
    "image_too_large": N_("The image is too large. Make it smaller and send it again."),
    "unusable_sample": N_("The image shows nothing that can be compared. Take it again."),
    "no_face": N_("No face was found in the photo. Take one with the whole face, from the front."),
    "several_faces": N_("The photo shows more than one face. Take one of this person alone."),
    "several_prints": N_("This is more than one print, or larger than a finger. Send each finger alone."),
    "face_too_small": N_("The face is too small to compare. Take the photo from nearer, or with a better camera."),
    "too_few_minutiae": N_(
        "The print shows too little ridge detail to compare. Take it again, with more of the finger."
    ),
    "poor_quality": N_(
        "The quality of the print or photo is too poor for enrolment. Take it again, or give a reason for enrolling it."
    ),
    "slap_not_segmented": N_("The fingers of the slap could not be separated. Take it again, or take single fingers."),
    "unsupported_record": N_(
        "The file is not a minutiae record, or its version is not supported. Send the image of the print."
    ),
    "invalid_record": N_(
        "The minutiae record is damaged or contradicts itself. Export it again, or send the image of the print."
    ),
    "invalid_resolution": N_(
        "No scanner has this resolution. Enter the resolution of the scanner or the card, such as 500 ppi."
    ),
    "contactless_print": N_(
        "Photos of fingers and latents are not accepted here. Take the print with a scanner, or a photo of the face."
    ),
    "purpose_missing": N_("The purpose of the search or its case number is missing. Enter both and search again."),
    "no_samples": N_("There is neither a print nor a photo. Add at least one."),
    "repeated_finger": N_("The same finger was given twice. Remove the extra print, or correct its finger."),
    "idempotency_key_reused": N_(
        "A different request was already sent under the same key, so nothing was done. Load the page again and "
        "send the request again."
    ),
    "version_missing": N_(
        "The version of the record that was changed is missing, so nothing was stored. Load the page again."
    ),
    "malformed_transaction": N_(
        "The ANSI/NIST file does not follow the standard. Its sender must correct the faults listed below."
    ),
    "address_refused": N_(
        "The service may not call this address, or the address does not answer. Ask the operator to allow it."
    ),
    "weak_password": N_(
        "This password is too easy to guess. Choose one of 12 characters or more, such as several unrelated words."
    ),
    # Who asks
    "unauthenticated": N_("You are not signed in. Sign in and try again."),
    "wrong_credentials": N_("Login, password or code is wrong. Type them again."),
    "code_required": N_("Your account asks for a code. Type the one that your phone shows now."),
    "password_change_required": N_("This password works for one sign-in only. Choose a new password."),
    "token_expired": N_("Your session has ended. Sign in again."),
    "provider_refused": N_("Signing in through the provider did not work. Start again, or sign in with your password."),
    "forbidden": N_("You don't have permission to do this. Ask an administrator of your unit if you need it."),
    "out_of_jurisdiction": N_("Another unit holds this record. Call the unit named below."),
    "search_unauthorised": N_(
        "The order that this search needs was refused, or did not come in time. What it found is withheld."
    ),
    "hidden_until_decided": N_(
        "You are an examiner of a case about this search, so its results are hidden until you give your opinion. "
        "Decide the case first."
    ),
    "too_many_requests": N_("You sent too many requests in a short time. Wait a minute and try again."),
    "too_many_searches": N_(
        "This account has reached its limit of searches per hour, so this search was not made. Wait, then search again."
    ),
    "too_many_field_checks": N_(
        "This account has reached its limit of field checks per hour, so this one was not made. Wait, then check again."
    ),
    "too_many_targets": N_(
        "You have compared with this record at too many targets today. Use one that you used before."
    ),
    "account_locked": N_(
        "There were too many failed sign-ins for this login. Wait a while, or ask an administrator to unlock the "
        "account."
    ),
    # What is not there
    "not_found": N_("There is nothing at this address. Check it, or start from the home page."),
    "unknown_record": N_("There is no such record. Check the number; it may have been removed."),
    "unknown_encounter": N_("This record has no such arrest or event. Load the record again."),
    "unknown_outcome": N_("There is no such court decision here. Load the record again."),
    "unknown_merge": N_("There is no such merge or move. Load the record again."),
    "unknown_sample": N_(
        "There is no such print or photo. It may have been removed or destroyed; load the record again."
    ),
    "unknown_expungement": N_(
        "There is no such certificate, or the destruction is not finished yet. Look again later."
    ),
    "unknown_search": N_("There is no such search. Check the address."),
    "unknown_case": N_("There is no such case, or you may not view it. Check the address."),
    "unknown_standing_search": N_("There is no such standing search, or you may not view it. Check the number."),
    "unknown_subscription": N_("There is no such subscription, or you may not view it. Check the number."),
    "unknown_link": N_("There is no such link between latents, or you may not view it. Load the list again."),
    "unknown_lineup": N_("There is no such photo line-up, or you may not view it."),
    "unknown_clearance": N_("There is no such request for a clearance certificate, or you may not view it."),
    "unknown_notification": N_("There is no such notification for you. Load the page again."),
    "unknown_gallery": N_("There is no gallery of this name. Check the name."),
    "unknown_task": N_("This task does not exist or was removed. Send the request again."),
    "unknown_webhook": N_("There is no such webhook. Load the page again."),
    "unknown_account": N_("There is no such account in your unit or below. Check the login."),
    "unknown_account_request": N_(
        "There is no such request; it may have been approved or withdrawn. Load the page again."
    ),
    "unknown_api_key": N_("There is no such API key. Load the page again."),
    # What is otherwise than the request takes it to be
    "conflict": N_("This conflicts with what is stored, so nothing was changed. Load the page again."),
    "duplicate_national_number": N_(
        "Another record has this national number. Add to that record, or correct the number."
    ),
    "merge_refused": N_(
        "These records cannot be merged, or the merge or move cannot be undone any longer. Load the page again."
    ),
    "version_mismatch": N_(
        "Another person changed this after you opened it, so nothing was stored. Load the page again, and repeat "
        "your change if it is still right."
    ),
    "nothing_to_compare": N_("There is nothing here to compare it with. Choose another print or photo."),
    "replay_impossible": N_(
        "The search was answered by an older model, so it cannot be repeated exactly. Make a new search."
    ),
    "wrong_step": N_(
        "The case is at a different step, so this cannot be done now. Load the page again to see its state."
    ),
    "case_taken": N_("The case belongs to another examiner, or has not been taken yet. Load the page again."),
    "pair_not_comparable": N_(
        "The opinion names images of two different fingers, or an image that is no longer stored. Choose a pair that "
        "shows one finger, or have the finger's name in the record corrected first."
    ),
    "correspondences_missing": N_(
        "An identification of two prints needs at least one feature that you marked in both images, or your reason why "
        "none is marked."
    ),
    "marks_changed": N_("The marks of this case were changed on another computer. Load the page again."),
    "basis_missing": N_(
        "State the grounds of your opinion: the pattern, the cores and deltas, and whether there are differences."
    ),
    "basis_contradicts": N_("The grounds that you stated contradict your opinion. Correct one of them."),
    "not_blind": N_(
        "You may know who the suspect is, or another officer shows this line-up. Have an officer show it who knows "
        "nothing of the suspect."
    ),
    "lineup_refused": N_("The line-up cannot be made like this; nothing was stored. Read below what is wrong."),
    "grounds_missing": N_(
        "Your conclusion goes against the automatic comparison, or the analyses contradict each other. Write your "
        "grounds."
    ),
    "pair_not_opened": N_(
        "The opinion names images that you have not opened since your analysis. Compare them, or choose the pair "
        "that you compared."
    ),
    "not_independent": N_("You already have a part in this case. Another examiner must do this part."),
    "encounter_exists": N_("The person already has an arrest or event with this id. Use another id."),
    "login_taken": N_("Another account already has this login, or this identity at the provider. Choose another one."),
    "secret_shown_before": N_(
        "This was done before, and its secret is shown only once. If you lost the secret, remove this entry and "
        "create a new one."
    ),
    "needs_two_people": N_(
        "This takes another person, whose account was not made by you, nor yours by them, in the last 30 days. Ask "
        "one, or the operator of the server."
    ),
    "last_administrator": N_(
        "This is the last account that can manage the accounts of this unit. Appoint another administrator first."
    ),
    "clock_implausible": N_(
        "The server's clock may be wrong, so nothing was destroyed. If you know that its date is right, enter today's "
        "date under “Confirm the date” and try again. Otherwise contact the operator and quote the details below."
    ),
    "expungement_refused": N_("This may not be destroyed now, and nothing was destroyed. The reason is given below."),
    "move_refused": N_("The station cannot be moved in this way, and nothing was written. Ask the operator."),
    "task_outdated": N_("This was sent before the service was upgraded, and was not carried out. Send it again."),
    "people_unsearchable": N_(
        "The model in use cannot find some people on record. Ask the operator to extract their samples again."
    ),
    "modality_not_registered": N_("This server lacks a kind of sample that is on record. Ask the operator."),
    "model_not_installed": N_("The model in use is not installed on this server. Ask the operator."),
    "task_unfinished": N_("This is not finished yet. Look again in a moment."),
    # What there is no room for now
    "overload": N_("The service is overloaded, and nothing was done. Try again in a moment."),
    "busy": N_("The service is busy, and nothing was done. Try again in a moment."),
    "matcher_compiling": N_("Prints cannot be processed yet, and nothing was done. Try again in a minute."),
    "stopping": N_("The service is shutting down, and nothing was done. Try again in some minutes."),
    "too_many_at_once": N_("You sent too many requests at once. Wait until some are finished, and try again."),
    "not_ready": N_("The service is not ready yet. Try again in some minutes."),
    "timed_out": N_(
        "The answer took too long, so it is not known whether the request was carried out. Check before you send "
        "it again."
    ),
    "upload_too_slow": N_("The upload was too slow. Send the file again, or use a better connection."),
    "request_too_large": N_("The request is too large. Send fewer or smaller files."),
    # What is wrong with the installation
    "fault": N_("The service has a fault. Contact the operator and quote the details below."),
    "internal_error": N_(
        "The service has a fault, and nothing was changed. Contact the operator and quote the number below."
    ),
    "unfinished": N_(
        "The request failed part-way, and some of it may be stored. Check before you send it again, and contact "
        "the operator."
    ),
    "model_missing": N_("A model file is missing. Contact the operator."),
    "model_mismatch": N_("The models of the service do not fit together. Contact the operator."),
    "invalid_vector": N_("The service computed features that cannot be right. Contact the operator."),
    "snapshot_damaged": N_("The saved search index is damaged. Contact the operator."),
    "invalid_template": N_("A stored template is damaged. Contact the operator."),
    "calibration_unusable": N_("A calibration file is missing or damaged. Contact the operator."),
    "decryption_failed": N_(
        "Stored data cannot be decrypted: it was changed, or its key is gone. Contact the operator."
    ),
    "backup_damaged": N_("The backup, or its copy of the keys, cannot be used. Contact the operator."),
    "master_key_missing": N_("The service cannot read its master key. Contact the operator."),
    "table_unusable": N_("The table of transactions cannot be read. Contact the operator."),
    "extra_missing": N_("A component is not installed. Contact the operator."),
    "store_unavailable": N_(
        "The database or the image store does not answer. Try again in a moment. If this continues, contact the "
        "operator."
    ),
    "store_refused": N_(
        "The database or the image store refuses the user, password or keys of this service. Tell the administrator."
    ),
    "partitions_missing": N_(
        "A part of the index of prints does not answer, so that no search would be complete. Try again in a moment. If "
        "this continues, contact the operator."
    ),
    "restore_unfinished": N_("The service is being restored from a backup and is not ready yet. Contact the operator."),
    "server_refused": N_("The server that the station calls refuses its key or its request. Tell the administrator."),
    "server_unavailable": N_("The server that the station sends to does not answer. Try again later."),
    "provider_unavailable": N_("The sign-in provider does not answer. Try again later, or sign in with your password."),
    # What the server refuses before it is looked at
    "bad_request": N_("The request could not be read. Load the page again and send it again."),
    "method_not_allowed": N_("This request is not possible here. Start from the home page."),
    "http_error": N_("The service refused the request. The details are below."),
}


def sentences(language: Language) -> dict[str, str]:
    """Return the sentence of each code in a language."""
    return {code: language.translations.gettext(sentence) for code, sentence in SENTENCES.items()}
