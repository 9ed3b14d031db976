//! The rules of the consent model, one by one: what a consent says, in the cases that the standards name. A test's name begins with the
//! number of its rule:
//!
//! 1. base decision and exceptions; 2. three answers; 3. in what order a consent is looked at; 4. what a provision matches;
//! 5. nesting; 6. several consents; 7. labels and classes; 8. codes; 9. when data were authored, and which they are;
//! 10. recipients; 11. revocation is final; 12. evidence and categories.
//!
//! Elsewhere, under the same names: how FHIR says 1, 3, 5, 7, 8, who the parties of 10 are, and the evidence of 12 in `client/tests/fhir`;
//! 16, SMART scopes, in `client/src/decide/smart.rs`; 4, 6 and 16 by the program in `cli/tests/cli/decide.rs`; 11, that what was
//! revoked stays readable, 13, that topics give nothing away, and 14, that a revocation is announced, on the built contract in
//! `tests/contracts`. What was released has a life of its own (the rest of 14), and receipts and audit events (15) record decisions: no
//! decision depends on either.

mod base;
mod codes;
mod combining;
mod data;
mod labels;
mod matching;
mod nesting;
