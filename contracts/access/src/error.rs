use ink::{Address, H256};

ink::errors! {
    /// Why a call was refused. Times are seconds since the epoch, periods are in seconds.
    pub enum Error, by reference ErrorRef {
        /// There is no contract at the address.
        NoContract {
            /// The address.
            account: Address,
        },
        /// A contract that this one asks did not answer.
        NoAnswer {
            /// The contract.
            contract: Address,
        },
        /// No role, or bits that stand for no role.
        InvalidEmergencyRoles {
            /// The mask.
            roles: u64,
        },
        /// The longest emergency access is from a second to a year.
        InvalidMaxDuration {
            /// What was asked for.
            seconds: u64,
        },
        /// There is at least one use in a window.
        InvalidMaxUses {
            /// What was asked for.
            count: u32,
        },
        /// A window of uses is from a second to a year.
        InvalidUsesWindow {
            /// What was asked for.
            seconds: u64,
        },
        /// The time to review is from a second to a year.
        InvalidReviewPeriod {
            /// What was asked for.
            seconds: u64,
        },
        /// The longest veto window is at most a year.
        InvalidMaxVetoWindow {
            /// What was asked for.
            seconds: u64,
        },
        /// Nobody has registered the subject.
        UnknownSubject {
            /// The subject.
            subject: H256,
        },
        /// Only the subject's controller may do that.
        NotController {
            /// The subject.
            subject: H256,
            /// Who tried.
            caller: Address,
        },
        /// Only the subject's controller, or a delegate who may, can do that.
        MayNotAct {
            /// The subject.
            subject: H256,
            /// Who tried.
            caller: Address,
        },
        /// 32 zero bytes commit to nothing.
        InvalidCommitment,
        /// The time to answer is over.
        InvalidUntil {
            /// Its last second.
            until: u64,
            /// The block's time.
            current_time: u64,
        },
        /// The requester's request for the subject waits for an answer.
        RequestOpen {
            /// The request.
            request_id: H256,
        },
        /// There is no such request.
        UnknownRequest {
            /// What was asked for.
            request_id: H256,
        },
        /// The request is approved (2), refused (3), withdrawn (4) or lapsed (5).
        RequestNotOpen {
            /// The request.
            request_id: H256,
            /// Its status.
            status: u8,
        },
        /// Only who asked may do that.
        NotRequester {
            /// The request.
            request_id: H256,
            /// Who tried.
            caller: Address,
        },
        /// The consent is not active, is over, or is not of this subject for this requester.
        UnsuitableConsent {
            /// The consent.
            consent_id: H256,
        },
        /// The requester has asked for this subject 2^32 times.
        TooManyRequests,
        /// The veto window is longer than it may be.
        VetoWindowTooLong {
            /// What was asked for.
            seconds: u64,
            /// The longest.
            limit: u64,
        },
        /// No role has this number.
        UnknownRole {
            /// The number.
            role: u8,
        },
        /// No purpose of use has this number, or it is no emergency.
        NotAnEmergency {
            /// The number.
            purpose: u8,
        },
        /// In this role nobody may open an emergency access.
        RoleNotAdmitted {
            /// The number of the role.
            role: u8,
        },
        /// 32 zero bytes are no evidence.
        MissingEvidence,
        /// An emergency access lasts at least a second and at most `limit`.
        InvalidDuration {
            /// What was asked for.
            duration: u64,
            /// The longest.
            limit: u64,
        },
        /// Nobody reviews themselves.
        InvalidReviewer {
            /// Who was named.
            reviewer: Address,
        },
        /// The account has no active credential in the role.
        MissingCredential {
            /// The account.
            account: Address,
            /// The number of the role.
            role: u8,
        },
        /// The subject has no emergency key.
        NoEmergencyKey {
            /// The subject.
            subject: H256,
        },
        /// The actor has an emergency access to the subject, which waits or is open.
        AccessLive {
            /// The access.
            access_id: H256,
        },
        /// An emergency access of the actor should have been reviewed.
        ReviewOverdue {
            /// The access.
            access_id: H256,
            /// The second from which on its review is overdue.
            review_by: u64,
        },
        /// Eight emergency accesses of the actor wait for their review.
        TooManyUnreviewed,
        /// The actor has opened as many emergency accesses as there may be in a window.
        TooManyUses {
            /// When the next window can begin.
            window_ends: u64,
        },
        /// The actor has opened 2^32 emergency accesses.
        TooManyAccesses,
        /// There is no such emergency access.
        UnknownAccess {
            /// What was asked for.
            access_id: H256,
        },
        /// Only its actor may do that.
        NotActor {
            /// The access.
            access_id: H256,
            /// Who tried.
            caller: Address,
        },
        /// Only its reviewer may do that, or another one when the review has been overdue for a review period.
        NotReviewer {
            /// The access.
            access_id: H256,
            /// Who tried.
            caller: Address,
        },
        /// The emergency access is waiting (1), open (2), vetoed (3) or ended (4), and does not allow that.
        WrongStatus {
            /// The access.
            access_id: H256,
            /// Its status.
            status: u8,
        },
        /// The emergency access was reviewed.
        AlreadyReviewed {
            /// The access.
            access_id: H256,
        },
        /// A review finds an access justified (1) or not (2).
        InvalidOutcome {
            /// What was said.
            outcome: u8,
        },
        /// The root of 32 zero bytes is the root of no tree.
        InvalidRoot,
        /// A batch has entries.
        EmptyBatch {
            /// Its root.
            root: H256,
        },
        /// The range is reversed, or ends after now.
        InvalidRange {
            /// Its first second.
            from: u64,
            /// Its last second.
            until: u64,
            /// The block's time.
            current_time: u64,
        },
        /// The author has anchored a batch with this root before.
        BatchAlreadyAnchored {
            /// The root.
            root: H256,
            /// The batch's number.
            batch: u64,
        },
        /// The author has anchored 2^64 - 1 batches.
        TooManyBatches,
    }
}
