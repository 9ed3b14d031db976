//! How to trace, as go-ethereum's clients say it.

use std::time::Duration;

use pallet_revive::pallet_revive_types::runtime_api::{ExecutionTracerConfigV1, StateOverrideSetV1, TracerTypeV1};
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::{Map, Value};

use crate::rpc::eth::error::{EthError, Result};

/// Which tracer, and how long it may run.
///
/// Either `{ tracer, tracerConfig, timeout }`, or the settings of the execution tracer themselves with `timeout` among them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::rpc::eth) struct TracerConfig {
    pub(in crate::rpc::eth) tracer: TracerTypeV1,
    pub(in crate::rpc::eth) timeout: Option<Duration>,
}

/// [`TracerConfig`] with state overrides.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::rpc::eth) struct TraceCallConfig {
    pub(in crate::rpc::eth) base: TracerConfig,
    pub(in crate::rpc::eth) state_overrides: Option<StateOverrideSetV1>,
}

impl TracerConfig {
    fn read(mut fields: Map<String, Value>) -> std::result::Result<Self, serde_json::Error> {
        let timeout = match fields.remove("timeout") {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(duration(&text).ok_or_else(|| {
                serde_json::Error::custom("timeout: a number with one of the units ns, us, ms, s, m, h")
            })?),
            Some(_) => return Err(serde_json::Error::custom("timeout: a string such as \"5s\"")),
        };
        let tracer = if fields.contains_key("tracer") {
            let keep = |name: &str| (name == "tracer" || name == "tracerConfig").then_some(());
            fields.retain(|name, _| keep(name).is_some());
            serde_json::from_value(Value::Object(fields))?
        } else {
            let settings: ExecutionTracerConfigV1 = serde_json::from_value(Value::Object(fields))?;
            TracerTypeV1::ExecutionTracer(Some(settings))
        };
        Ok(Self { tracer, timeout })
    }
}

impl<'de> Deserialize<'de> for TracerConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Self::read(Map::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for TraceCallConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let mut fields = Map::deserialize(deserializer)?;
        let state_overrides = fields.remove("stateOverrides").unwrap_or_default();
        Ok(Self {
            state_overrides: serde_json::from_value(state_overrides).map_err(D::Error::custom)?,
            base: TracerConfig::read(fields).map_err(D::Error::custom)?,
        })
    }
}

/// Runs `f` on a thread that may block. When the time is up, the caller no longer waits for it.
pub(super) async fn limited<T: Send + 'static>(
    timeout: Option<Duration>,
    f: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let run = tokio::task::spawn_blocking(f);
    let joined = match timeout {
        None => run.await,
        Some(timeout) => tokio::time::timeout(timeout, run)
            .await
            .map_err(|_| EthError::Timeout)?,
    };
    joined.map_err(|_| EthError::TraceUnavailable)?
}

/// A duration as Go writes it: numbers with units, `1m30s`.
fn duration(text: &str) -> Option<Duration> {
    const UNITS: [(&str, f64); 7] = [
        ("ns", 1e-9),
        ("us", 1e-6),
        ("µs", 1e-6),
        ("ms", 1e-3),
        ("s", 1.0),
        ("m", 60.0),
        ("h", 3_600.0),
    ];
    let mut rest = text;
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let unit_end = rest[digits..]
            .find(|c: char| c.is_ascii_digit())
            .map_or(rest.len(), |at| digits + at);
        let (_, factor) = UNITS.iter().find(|(unit, _)| *unit == &rest[digits..unit_end])?;
        seconds += rest[..digits].parse::<f64>().ok()? * factor;
        rest = &rest[unit_end..];
    }
    if text.is_empty() {
        None
    } else {
        Duration::try_from_secs_f64(seconds).ok()
    }
}

#[cfg(test)]
mod tests {
    use pallet_revive::pallet_revive_types::runtime_api::{CallTracerConfigV1, PrestateTracerConfigV1};
    use serde_json::json;

    use super::*;

    fn read(value: &Value) -> TracerConfig {
        serde_json::from_str(&value.to_string()).unwrap()
    }

    #[test]
    fn reads_a_named_tracer_with_and_without_settings() {
        let plain = read(&json!({ "tracer": "callTracer" }));
        assert_eq!(
            plain,
            TracerConfig {
                tracer: TracerTypeV1::CallTracer(None),
                timeout: None
            }
        );
        let set = read(&json!({ "tracer": "callTracer", "tracerConfig": { "withLogs": false }, "timeout": "10ms" }));
        let config = CallTracerConfigV1 {
            with_logs: false,
            only_top_call: false,
        };
        assert_eq!(set.tracer, TracerTypeV1::CallTracer(Some(config)));
        assert_eq!(set.timeout, Some(Duration::from_millis(10)));
        let diff = read(&json!({ "tracer": "prestateTracer", "tracerConfig": { "diffMode": true } }));
        let config = PrestateTracerConfigV1 {
            diff_mode: true,
            ..Default::default()
        };
        assert_eq!(diff.tracer, TracerTypeV1::PrestateTracer(Some(config)));
    }

    #[test]
    fn settings_without_a_tracer_are_those_of_the_execution_tracer() {
        let inline = read(&json!({ "enableMemory": true, "timeout": "1s" }));
        let config = ExecutionTracerConfigV1 {
            enable_memory: true,
            ..Default::default()
        };
        assert_eq!(inline.tracer, TracerTypeV1::ExecutionTracer(Some(config)));
        assert_eq!(read(&json!({})), TracerConfig::default());
    }

    #[test]
    fn reads_state_overrides_beside_the_tracer() {
        let address = sp_core::H160::repeat_byte(1);
        let text =
            json!({ "tracer": "callTracer", "stateOverrides": { format!("{address:?}"): { "balance": "0x1" } } });
        let config: TraceCallConfig = serde_json::from_str(&text.to_string()).unwrap();
        assert_eq!(config.state_overrides.unwrap().0[&address].balance, Some(1.into()));
    }

    #[test]
    fn refuses_unknown_tracers_and_times() {
        for text in [
            json!({ "tracer": "fooTracer" }),
            json!({ "timeout": "soon" }),
            json!({ "timeout": 5 }),
            json!("x"),
        ] {
            assert!(
                serde_json::from_str::<TracerConfig>(&text.to_string()).is_err(),
                "{text}"
            );
        }
    }

    #[test]
    fn reads_durations_as_go_writes_them() {
        let seconds = |text| duration(text).map(|duration| duration.as_secs_f64());
        assert_eq!(seconds("5s"), Some(5.0));
        assert_eq!(seconds("1m30s"), Some(90.0));
        assert_eq!(seconds("1.5h"), Some(5_400.0));
        for text in ["", "5", "s", "5x", "-1s"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
