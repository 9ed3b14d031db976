//! FHIR at the border: what comes in as FHIR JSON and leaves as something that a contract understands.
//!
//! - Bundles: FHIR R4 Bundles as systems exchange them (JSON, also gzipped), resources by type and by reference.
//! - Canonical form: the one sequence of bytes that stands for a resource (RFC 8785), and the salted commitment to it.
//! - Consent: FHIR R4 and R5 Consent documents, translated into the policies of [`salus_core::consent`].
//!
//! Everything is read strictly: a name that occurs twice, a number that a double cannot hold, a field of the wrong
//! type is an error that names the field, never a guess. `docs/fhir.md` says what is read, how it is mapped and what is lost.
