//! What is fixed for emergencies when the contract `access` is deployed.

use clap::Args;
use salus_core::{
    access::{MAX_PERIOD, Parameters},
    codes::Role,
};

use crate::codes;
use salus_client::deploy::USUAL_EMERGENCIES as USUAL;

/// Parameters of the contract `access`, which nobody can change later.
#[derive(Debug, Args)]
pub(super) struct EmergencyOpts {
    /// A role that may open emergency accesses, by its code; may be repeated [default: PHYS, NURS, doctor, nurse]
    #[arg(long = "emergency-role", value_name = "CODE", value_parser = codes::role)]
    roles: Vec<Role>,
    /// The role that may review them
    #[arg(long, value_name = "CODE", default_value = "PROV", value_parser = codes::role)]
    reviewer_role: Role,
    /// How long one may last
    #[arg(long, value_name = "SECONDS", default_value_t = USUAL.max_duration, value_parser = clap::value_parser!(u64).range(1..=MAX_PERIOD))]
    emergency_duration: u64,
    /// How many an actor may open in a window
    #[arg(long, value_name = "COUNT", default_value_t = USUAL.max_uses, value_parser = clap::value_parser!(u32).range(1..))]
    emergency_uses: u32,
    /// How long a window is
    #[arg(long, value_name = "SECONDS", default_value_t = USUAL.uses_window, value_parser = clap::value_parser!(u64).range(1..=MAX_PERIOD))]
    emergency_window: u64,
    /// How long after its end one has to be reviewed
    #[arg(long, value_name = "SECONDS", default_value_t = USUAL.review_period, value_parser = clap::value_parser!(u64).range(1..=MAX_PERIOD))]
    review_period: u64,
    /// The longest veto window that a patient may have; 0: none
    #[arg(long, value_name = "SECONDS", default_value_t = USUAL.max_veto_window, value_parser = clap::value_parser!(u64).range(..=MAX_PERIOD))]
    max_veto_window: u64,
}

impl EmergencyOpts {
    /// The contract's parameters.
    pub(super) fn parameters(&self) -> Parameters {
        let roles = self.roles.iter().fold(0, |mask, role| mask | role.mask());
        Parameters {
            emergency_roles: if roles == 0 { USUAL.emergency_roles } else { roles },
            reviewer_role: self.reviewer_role,
            max_duration: self.emergency_duration,
            max_uses: self.emergency_uses,
            uses_window: self.emergency_window,
            review_period: self.review_period,
            max_veto_window: self.max_veto_window,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Program {
        #[command(flatten)]
        emergencies: EmergencyOpts,
    }

    fn parsed(arguments: &[&str]) -> Result<Parameters, clap::Error> {
        let program = Program::try_parse_from(["deploy"].iter().chain(arguments))?;
        Ok(program.emergencies.parameters())
    }

    #[test]
    fn what_is_usual_is_what_is_said_to_be_the_default_and_accepted_by_the_contract() {
        assert_eq!(parsed(&[]).unwrap(), USUAL);
        assert_eq!(USUAL.check(), Ok(()));
    }

    #[test]
    fn roles_are_named_by_their_codes() {
        let arguments = ["--emergency-role", "PHYS", "--emergency-role", "pharmacist"];
        let parameters = parsed(&arguments).unwrap();
        assert_eq!(parameters.emergency_roles, Role::PHYS.mask() | Role::PHARMACIST.mask());
        let error = parsed(&["--reviewer-role", "phys"]).unwrap_err().to_string();
        assert!(error.contains("did you mean PHYS?"), "{error}");
    }

    #[test]
    fn what_the_contract_would_refuse_is_refused_here() {
        for arguments in [
            ["--emergency-duration", "0"],
            ["--emergency-uses", "0"],
            ["--emergency-window", "31536001"],
            ["--review-period", "0"],
            ["--max-veto-window", "31536001"],
        ] {
            assert!(parsed(&arguments).is_err(), "{arguments:?}");
        }
    }
}
