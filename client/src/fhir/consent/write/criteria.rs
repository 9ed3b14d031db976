//! What a provision matches.

use salus_core::{
    codes::{Action, Confidentiality, DataMeaning, Purpose, ResourceClass, Role, Sensitivity, system},
    consent::{Actors, Criteria, DataRef, Effect},
};
use serde_json::{Map, Value, json};

use super::{Writer, insert_list};
use crate::fhir::{
    consent::{
        FhirVersion,
        criteria::{FHIR_TYPES, PARTICIPATION_TYPE},
        date::date_time,
        resolver::{Names, urn},
    },
    element::{coding, concept, identifier, not_applicable, reference},
};

impl<N: Names> Writer<'_, N> {
    /// Writes the criteria of a provision of this effect, which is at `path` in the policy.
    pub(super) fn criteria(
        &mut self,
        criteria: &Criteria,
        effect: Effect,
        path: &str,
        provision: &mut Map<String, Value>,
    ) {
        let mut list = |name: &str, items: Vec<Value>| insert_list(provision, name, items);
        list("actor", self.actors(&criteria.actors));
        let actions = Action::in_mask(criteria.actions);
        list("action", actions.map(|action| concept(action.row())).collect());
        let purposes = Purpose::in_mask(criteria.purposes);
        list("purpose", purposes.map(|purpose| coding(purpose.row())).collect());
        let classes = ResourceClass::in_mask(criteria.classes);
        let classes = classes.map(|known| class(known, self.version)).collect();
        list(self.version.class_element(), classes);
        list("securityLabel", self.labels(criteria, effect, path));
        list("data", criteria.data.iter().map(|data| self.data(data)).collect());
        if let Some(period) = criteria.period {
            let from = (period.from != 0).then_some(period.from);
            let until = (period.until != u64::MAX).then_some(period.until);
            let ends = [from.map(i64::try_from), until.map(i64::try_from)];
            let ends = ends.map(|end| end.map(|seconds| seconds.unwrap_or(i64::MAX)));
            provision.insert("period".into(), self.period(ends, &format!("{path}.period")));
        }
        if let Some(period) = criteria.data_period {
            let from = (period.from != i64::MIN).then_some(period.from);
            let until = (period.until != i64::MAX).then_some(period.until);
            let written = self.period([from, until], &format!("{path}.data_period"));
            provision.insert("dataPeriod".into(), written);
        }
    }

    /// Who takes part as a recipient. R4 requires a reference, also where a role is meant by itself.
    fn actors(&self, actors: &Actors) -> Vec<Value> {
        let recipient = |reference: Value| {
            let role = json!({"coding": [{"system": PARTICIPATION_TYPE, "code": "IRCP"}]});
            json!({"role": role, "reference": reference})
        };
        let addresses = actors.addresses.iter().map(|address| self.account(*address));
        let communities = actors.communities.iter().map(|community| self.community(*community));
        let roles = Role::in_mask(actors.roles).map(|role| match self.version {
            FhirVersion::R4 => json!({"role": concept(role.row()), "reference": not_applicable()}),
            FhirVersion::R5 => json!({"role": concept(role.row())}),
        });
        addresses.chain(communities).map(recipient).chain(roles).collect()
    }

    /// FHIR has one list for both kinds of labels, of which any will do; and a level is a ceiling or a floor.
    fn labels(&mut self, criteria: &Criteria, effect: Effect, path: &str) -> Vec<Value> {
        let labels = Sensitivity::in_mask(criteria.labels).map(|label| coding(label.row()));
        let mut labels: Vec<Value> = labels.collect();
        if criteria.confidentiality == 0 {
            return labels;
        }
        if !labels.is_empty() {
            self.refuse(
                format!("{path}.labels"),
                "a label together with a level of confidentiality",
            );
        }
        let level = Confidentiality::in_mask(Confidentiality::KNOWN).find(|level| match effect {
            Effect::Permit => level.ceiling() == criteria.confidentiality,
            Effect::Deny => level.floor() == criteria.confidentiality,
        });
        match (level, effect) {
            (Some(level), _) => labels.push(coding(level.row())),
            (None, Effect::Permit) => self.refuse(
                format!("{path}.confidentiality"),
                "a permit for a level without all that are lower",
            ),
            (None, Effect::Deny) => self.refuse(
                format!("{path}.confidentiality"),
                "a denial of a level without all that are higher",
            ),
        }
        labels
    }

    fn data(&self, [meaning, id @ ..]: &DataRef) -> Value {
        // The policy has an encoding: its meanings are known.
        let meaning = DataMeaning::from_bit(*meaning).map_or("", DataMeaning::code);
        let name = self.names.data(id);
        let reference = name.map_or_else(|| identifier(urn::DATA, id), |name| reference(&name));
        json!({"meaning": meaning, "reference": reference})
    }

    fn period(&mut self, ends: [Option<i64>; 2], path: &str) -> Value {
        let mut period = Map::new();
        for (name, end) in ["start", "end"].into_iter().zip(ends) {
            let Some(seconds) = end else { continue };
            match date_time(seconds) {
                Some(time) => {
                    period.insert(name.into(), time.into());
                }
                None => self.refuse(path, "a time outside of the years 1 to 9999"),
            }
        }
        period.into()
    }
}

/// A type of resources by the name that it has in a version. A type that this version does not have is told with the version that has it.
fn class(class: ResourceClass, version: FhirVersion) -> Value {
    let only_r5 = [
        ResourceClass::NUTRITION_INTAKE,
        ResourceClass::IMAGING_SELECTION,
        ResourceClass::GENOMIC_STUDY,
    ];
    match (version, class) {
        (FhirVersion::R4, ResourceClass::DEVICE_USAGE) => of_r4("DeviceUseStatement"),
        (FhirVersion::R4, ResourceClass::REQUEST_ORCHESTRATION) => of_r4("RequestGroup"),
        (FhirVersion::R4, class) if only_r5.contains(&class) => {
            json!({"system": FHIR_TYPES, "version": "5.0.0", "code": class.code()})
        }
        (FhirVersion::R4, class) => of_r4(class.code()),
        (FhirVersion::R5, ResourceClass::MEDIA) => {
            json!({"system": system::RESOURCE_TYPES, "version": "4.0.1", "code": class.code()})
        }
        (FhirVersion::R5, class) => json!({"system": FHIR_TYPES, "code": class.code()}),
    }
}

fn of_r4(code: &str) -> Value {
    json!({"system": system::RESOURCE_TYPES, "code": code})
}
