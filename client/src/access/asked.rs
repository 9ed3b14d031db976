//! What a request for access asks: one or several requests of the consent model, which its commitment is to.

use alloy_core::primitives::{Address, B256};
use salus_core::consent::Request;

use crate::{
    Error,
    consents::ConsentError,
    decide::{AccessRequest, Codes},
    fhir::Salt,
    openings::RequestOpening,
};

/// The opening of a request for access to a subject's data by `requester`, with a new salt. What is asked without a code is asked of
/// data of whatever code. The request's time and patient are not part of it.
///
/// # Errors
/// [`ConsentError::Encode`] if one of its questions has no encoding.
pub fn opening(request: &AccessRequest, subject: B256, requester: Address) -> Result<RequestOpening, Error> {
    let mut addresses = request.addresses();
    addresses.push(requester.into());
    let codes = Codes::of(request, [], &[]);
    let encode = |question| {
        let mut asked = request.of(&addresses, &codes, question);
        if question.code.is_none() {
            asked.data_stated = 0;
        }
        Ok::<_, Error>(asked.encode().map_err(ConsentError::from)?)
    };
    Ok(RequestOpening {
        salt: Salt::random(),
        requests: request
            .questions(&codes)
            .into_iter()
            .map(encode)
            .collect::<Result<_, _>>()?,
        subject,
        requester,
    })
}

/// What an opening says is asked; `None` if that is no request.
pub fn questions(opening: &RequestOpening) -> Option<Vec<Request<'_>>> {
    let decoded = opening.requests.iter().map(|encoded| Request::decode(encoded).ok());
    decoded.collect()
}

#[cfg(test)]
mod tests {
    use alloy_core::primitives::keccak256;
    use salus_core::{access::request::request_commitment, codes::DataMeaning};
    use serde_json::{Value, json};

    use super::*;
    use crate::openings::Opening as _;

    const REQUESTER: Address = Address::repeat_byte(0x0b);

    fn asked(document: &Value) -> RequestOpening {
        let request = AccessRequest::from_json(document).unwrap();
        opening(&request, B256::repeat_byte(0x5a), REQUESTER).unwrap()
    }

    #[test]
    fn one_question_is_committed_to_as_the_consent_model_encodes_it() {
        let opening = asked(&json!({"purposeOfUse": "TREAT", "class": "Observation"}));
        let [question] = *questions(&opening).unwrap() else {
            panic!("one question")
        };
        assert!(question.names(&REQUESTER.into()));
        let encoded = question.encode().unwrap();
        let commitment = request_commitment(opening.salt.as_bytes(), &encoded, |bytes| keccak256(bytes).0);
        assert_eq!(opening.opens(), commitment);
    }

    #[test]
    fn what_is_asked_for_without_a_code_leaves_codes_open() {
        let open = asked(&json!({"purposeOfUse": "TREAT", "class": ["Observation", "Condition"]}));
        let open = questions(&open).unwrap();
        assert_eq!((open.len(), open[0].data_stated), (2, 0));
        let code = json!({"system": "http://loinc.org", "code": "42828-4"});
        let coded = asked(&json!({"purposeOfUse": "TREAT", "class": "Observation", "code": code}));
        let coded = questions(&coded).unwrap();
        assert_eq!((coded.len(), coded[0].data.len()), (1, 1));
        assert_eq!(coded[0].data_stated, DataMeaning::CODE.mask());
    }
}
