//! What can be done about a refusal.

/// The errors of contracts that something can be done about, by name.
const HINTS: [(&str, &str); 25] = [
    // Of `credentials`.
    (
        "NotIssuer",
        "the owner of the registry admits issuers (`salus credential admit-issuer`)",
    ),
    (
        "NotIssuerOfCredential",
        "`salus credential show` says who issued it; the owner of the registry can end it, too",
    ),
    (
        "CredentialLive",
        "it has to be revoked first; its own issuer can renew it (`salus credential renew`)",
    ),
    (
        "CredentialExpired",
        "nothing can be changed after its end: issue another one",
    ),
    (
        "OwnableUnauthorizedAccount",
        "`salus credential owner` says who the owner is",
    ),
    // Of `access`.
    (
        "RequestOpen",
        "one request at a time: wait for its answer, or take it back (`salus access withdraw`)",
    ),
    ("RequestNotOpen", "`salus access show-request` says what became of it"),
    (
        "UnsuitableConsent",
        "it has to be active, of this subject, and for who asks (`salus consent show`)",
    ),
    (
        "MayNotAct",
        "`salus subject show --delegate` says what an account may do for a subject",
    ),
    ("MissingCredential", "`salus credential check` says who has which role"),
    (
        "NotAnEmergency",
        "emergency accesses are for the purposes ETREAT and BTG",
    ),
    (
        "ReviewOverdue",
        "`salus access unreviewed` lists what has to be reviewed first",
    ),
    (
        "TooManyUnreviewed",
        "`salus access unreviewed` lists what has to be reviewed first",
    ),
    (
        "AccessLive",
        "one access to a subject at a time: it ends by itself, or by `salus access end`",
    ),
    (
        "NoEmergencyKey",
        "the subject's controller sets one (`salus access emergency-key`)",
    ),
    (
        "NotReviewer",
        "`salus access show` says who reviews it; when that is long overdue, any other reviewer may",
    ),
    (
        "WrongStatus",
        "`salus visit show`, `salus access show` and `salus credential show` say how far it has come",
    ),
    ("InvalidRange", "an entry of the log is of a time that has not come yet"),
    // Of `telehealth`.
    (
        "WrongFee",
        "`salus visit offer` says what it costs now, and with --patient what was quoted",
    ),
    (
        "TermsChanged",
        "`salus visit terms show` says what a booking is under now",
    ),
    (
        "InvalidArbiter",
        "an arbiter is neither of the two sides, and has a credential as such (`salus credential check`)",
    ),
    (
        "SaidItBegan",
        "who said that it began was met there: complete it, or claim a technical failure",
    ),
    (
        "NothingToWithdraw",
        "a fee is whose it is once the visit has ended; --token names the token",
    ),
    // Of what is signed.
    ("InvalidNonce", "what was signed is used once; it was sent or cancelled"),
    ("SignatureExpired", "it has to be signed anew, with a later --deadline"),
];

/// The hint for an error, by its name.
pub(super) fn of(name: &str) -> Option<&'static str> {
    let found = HINTS.iter().find(|(known, _)| *known == name);
    found.map(|(_, hint)| *hint)
}

#[cfg(test)]
mod tests {
    use alloy_core::json_abi::JsonAbi;

    use super::HINTS;
    use crate::contracts::ARTIFACTS;

    #[test]
    fn hints_are_for_errors_that_contracts_have() {
        let abis = ARTIFACTS.map(|artifact| serde_json::from_str::<JsonAbi>(artifact.abi).unwrap());
        for (name, _) in HINTS {
            assert!(abis.iter().any(|abi| abi.errors.contains_key(name)), "{name}");
        }
    }
}
