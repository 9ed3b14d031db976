//! What it means that no consent answers.

use salus_core::codes::{Action, Confidentiality, Purpose, Sensitivity};

use crate::decide::{AccessRequest, Obligation};

/// What the resource server does where no consent answers: its own policy over all consents, and never a consent's.
///
/// *Normal* is access to data of normal confidentiality or less that are not known to carry a sensitivity label. What is permitted so
/// obliges to redact all that carries one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Overarching {
    /// Refuse. This server has no break-glass: an emergency access opens nothing, whatever consents say.
    Deny,
    /// Refuse, but for an emergency access.
    #[default]
    BreakGlassOnly,
    /// Permit what is normal for treatment, its payment and the operation of health care (`TREAT`, `HPAYMT`, `HOPERAT`).
    PermitNormalBasic,
    /// Permit what is normal for any purpose.
    PermitAllNormal,
}

impl Overarching {
    /// Whether a request is permitted without a consent.
    pub fn permits(self, request: &AccessRequest) -> bool {
        const BASIC: [Purpose; 3] = [Purpose::TREAT, Purpose::HPAYMT, Purpose::HOPERAT];
        match self {
            Self::Deny | Self::BreakGlassOnly => false,
            Self::PermitNormalBasic => {
                is_normal(request) && request.purposes.iter().all(|purpose| BASIC.contains(purpose))
            }
            Self::PermitAllNormal => is_normal(request),
        }
    }

    /// What is to be done with a permit without a consent: data that turn out not to be normal are not given.
    pub(super) fn obligations(self, is_permitted: bool) -> Vec<Obligation> {
        let labels = if is_permitted { Sensitivity::KNOWN } else { 0 };
        Obligation::of_labels(labels).collect()
    }
}

fn is_normal(request: &AccessRequest) -> bool {
    let is_access = request.access.iter().all(|(_, action)| *action == Action::ACCESS);
    is_access && request.confidentiality <= Confidentiality::N && request.labels == 0
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn request(purpose: &str, label: Value) -> AccessRequest {
        let request = json!({"purposeOfUse": purpose, "class": "Observation", "securityLabel": label});
        AccessRequest::from_json(&request).unwrap()
    }

    #[test]
    fn rule_2_no_consent_means_what_the_server_says() {
        let (nothing, ward) = (json!([]), request("TREAT", json!([])));
        let research = request("HRESCH", nothing);
        let permits = |policy: Overarching| (policy.permits(&ward), policy.permits(&research));
        assert_eq!(permits(Overarching::Deny), (false, false));
        assert_eq!(permits(Overarching::BreakGlassOnly), (false, false));
        assert_eq!(permits(Overarching::PermitNormalBasic), (true, false));
        assert_eq!(permits(Overarching::PermitAllNormal), (true, true));
    }

    #[test]
    fn what_is_not_normal_is_permitted_by_no_overarching_policy() {
        let mut collecting = request("TREAT", json!([]));
        collecting.access[0].1 = Action::COLLECT;
        let restricted = request("TREAT", json!(["R"]));
        let labelled = request("TREAT", json!(["ETHUD"]));
        for request in [collecting, restricted, labelled] {
            assert!(!Overarching::PermitAllNormal.permits(&request), "{request:?}");
            assert!(!Overarching::PermitNormalBasic.permits(&request), "{request:?}");
        }
    }
}
