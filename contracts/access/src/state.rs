//! The rules' storage: the slots of `storage`, and identifiers by the chain's hash function.

use salus_core::access::{
    emergency::{self, Access as EmergencyAccess, Actor, Emergencies, Safeguards},
    log::{Batch, Logs},
    request::{self, Request, Requests},
};
use salus_env::{chain_id, keccak256};

use crate::{
    access::Access,
    refused::Refused,
    storage::{
        ACCESSES, ACTORS, BATCH_COUNTS, BATCH_NUMBERS, BATCHES, LATEST_ACCESSES, LATEST_REQUESTS, REQUESTS, SAFEGUARDS,
        load_access, load_actor, load_batch, load_request, load_safeguards, store_access, store_actor, store_batch,
        store_request,
    },
};

impl Requests for Access {
    type Refusal = Refused;

    #[inline(never)]
    fn request(&self, id: &[u8; 32]) -> Option<Request> {
        REQUESTS.get(id).map(load_request)
    }

    #[inline(never)]
    fn set_request(&mut self, id: &[u8; 32], request: &Request) {
        REQUESTS.set_unread(id, &store_request(request));
    }

    fn latest_request(&self, subject: &[u8; 32], requester: &[u8; 20]) -> Option<[u8; 32]> {
        LATEST_REQUESTS.get(&(*subject, *requester))
    }

    fn set_latest_request(&mut self, subject: &[u8; 32], requester: &[u8; 20], id: &[u8; 32]) {
        LATEST_REQUESTS.set(&(*subject, *requester), id);
    }

    fn request_id(&self, subject: &[u8; 32], requester: &[u8; 20], sequence: u32) -> [u8; 32] {
        let (chain, contract) = (chain_id().to_big_endian(), salus_host::address());
        request::request_id(&chain, &contract, subject, requester, sequence, keccak256)
    }
}

impl Emergencies for Access {
    type Refusal = Refused;

    fn safeguards(&self, subject: &[u8; 32]) -> Safeguards {
        SAFEGUARDS.get(subject).map(load_safeguards).unwrap_or_default()
    }

    fn set_safeguards(&mut self, subject: &[u8; 32], safeguards: &Safeguards) {
        SAFEGUARDS.set(subject, &(safeguards.veto_window, safeguards.emergency_key));
    }

    #[inline(never)]
    fn access(&self, id: &[u8; 32]) -> Option<EmergencyAccess> {
        ACCESSES.get(id).and_then(load_access)
    }

    #[inline(never)]
    fn set_access(&mut self, id: &[u8; 32], access: &EmergencyAccess) {
        ACCESSES.set_unread(id, &store_access(access));
    }

    fn latest_access(&self, subject: &[u8; 32], actor: &[u8; 20]) -> Option<[u8; 32]> {
        LATEST_ACCESSES.get(&(*subject, *actor))
    }

    fn set_latest_access(&mut self, subject: &[u8; 32], actor: &[u8; 20], id: &[u8; 32]) {
        LATEST_ACCESSES.set(&(*subject, *actor), id);
    }

    #[inline(never)]
    fn actor(&self, actor: &[u8; 20]) -> Actor {
        ACTORS.get(actor).map(load_actor).unwrap_or_default()
    }

    #[inline(never)]
    fn set_actor(&mut self, actor: &[u8; 20], record: &Actor) {
        ACTORS.set(actor, &store_actor(record));
    }

    fn access_id(&self, subject: &[u8; 32], actor: &[u8; 20], sequence: u32) -> [u8; 32] {
        let (chain, contract) = (chain_id().to_big_endian(), salus_host::address());
        emergency::access_id(&chain, &contract, subject, actor, sequence, keccak256)
    }
}

impl Logs for Access {
    type Refusal = Refused;

    fn batch_count(&self, author: &[u8; 20]) -> u64 {
        BATCH_COUNTS.get(author).unwrap_or_default()
    }

    fn set_batch_count(&mut self, author: &[u8; 20], count: u64) {
        BATCH_COUNTS.set(author, &count);
    }

    #[inline(never)]
    fn batch(&self, author: &[u8; 20], number: u64) -> Option<Batch> {
        BATCHES.get(&(*author, number)).map(load_batch)
    }

    fn set_batch(&mut self, author: &[u8; 20], number: u64, batch: &Batch) {
        BATCHES.set_unread(&(*author, number), &store_batch(batch));
    }

    fn number_of(&self, author: &[u8; 20], root: &[u8; 32]) -> Option<u64> {
        BATCH_NUMBERS.get(&(*author, *root))
    }

    fn set_number_of(&mut self, author: &[u8; 20], root: &[u8; 32], number: u64) {
        BATCH_NUMBERS.set(&(*author, *root), &number);
    }
}
