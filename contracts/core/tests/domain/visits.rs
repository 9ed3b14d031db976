//! The table of the documentation, printed from the rules.

use std::{env, fmt::Write as _, fs};

use salus_core::telehealth::{Actor, Effect, Moment, RULES, Rule, Share};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/escrow.md");
const BEGIN: &str = "<!-- rules -->\n";
const END: &str = "<!-- /rules -->";

/// `SALUS_WRITE_DOCS=1` writes it.
#[test]
fn the_documented_rules_are_those_of_the_code() {
    let page = fs::read_to_string(PAGE).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the page has a place for the table");
    let (found, after) = rest.split_once(END).expect("the place has an end");
    let table = table();
    if env::var_os("SALUS_WRITE_DOCS").is_some() {
        fs::write(PAGE, [before, BEGIN, &table, END, after].concat()).unwrap();
        return;
    }
    assert_eq!(found, table, "SALUS_WRITE_DOCS=1 writes docs/escrow.md");
}

fn table() -> String {
    let mut table =
        String::from("| status | action | who | from | until | then |\n| --- | --- | --- | --- | --- | --- |\n");
    let mut last = None;
    for rule in RULES {
        let status = if last == Some(rule.status) {
            String::new()
        } else {
            format!("{:?}", rule.status)
        };
        last = Some(rule.status);
        let Rule {
            action, from, until, ..
        } = rule;
        writeln!(
            table,
            "| {status} | {action:?} | {} | {} | {} | {} |",
            who(rule.actor),
            from.map_or("", moment),
            until.map_or("", moment),
            then(rule.effect),
        )
        .unwrap();
    }
    table
}

fn who(actor: Actor) -> &'static str {
    match actor {
        Actor::Patient => "patient",
        Actor::Provider => "provider",
        Actor::Party => "either side",
        Actor::PatientWhoDidNotStart => "patient, who did not start it",
        Actor::ProviderWhoDidNotStart => "provider, who did not start it",
        Actor::Answerer => "answerer",
        Actor::Arbiter => "arbiter",
        Actor::Anyone => "anybody",
    }
}

fn moment(moment: Moment) -> &'static str {
    match moment {
        Moment::ConfirmBy => "confirm by",
        Moment::Start => "start",
        Moment::Absent => "absent",
        Moment::ClaimBy => "claim by",
        Moment::Deadline => "deadline",
    }
}

fn then(effect: Effect) -> String {
    match effect {
        Effect::Go(status) => format!("{status:?}"),
        Effect::Begin => "InSession".into(),
        Effect::Claim(outcome) => format!("Claimed: {outcome:?}"),
        Effect::Dispute => "Disputed".into(),
        Effect::Stay => "an event".into(),
        Effect::Close(status, share) => match share {
            Share::Nothing => format!("**{status:?}**: the fee is the patient's"),
            Share::Everything => format!("**{status:?}**: the fee is the provider's"),
            Share::Decided => format!("**{status:?}**: as the arbiter says"),
            Share::Default => format!("**{status:?}**: by `defaultShare`"),
        },
        Effect::CloseBySchedule => "**CancelledEarly** or **CancelledLate**: by the schedule of refunds".into(),
        Effect::CloseAsClaimed => "what was claimed".into(),
    }
}
