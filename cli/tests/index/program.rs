//! `salus index` as its user meets it, killed and told to stop.

use std::{
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::Value;

use crate::world::{World, seal};

impl World {
    pub(crate) fn salus(&self, url: &str, database: &str, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_salus"));
        let database = self.home.path().join(database);
        command
            .env_clear()
            .env("HOME", self.home.path())
            .current_dir(self.home.path())
            .stdin(Stdio::null());
        command
            .args(["--network", url, "--deployments", "deployments", "--json"])
            .args(["index", "--database"])
            .arg(database)
            .args(args);
        command
    }

    /// Waits until the database `index` has a status of this kind.
    async fn until(&self, url: &str, is_wanted: impl Fn(&Value) -> bool) {
        let begun = Instant::now();
        loop {
            let (_, status) = run(&mut self.salus(url, "index", &["status"]));
            if is_wanted(&status) {
                return;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(120),
                "it never came to that: {status}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn envelope(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        let [out, err] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        panic!("{error}: {out}{err}")
    })
}

/// Runs to its end and answers exit code and envelope. The chain is served by other threads meanwhile.
pub(crate) fn run(command: &mut Command) -> (i32, Value) {
    let output = tokio::task::block_in_place(|| command.output()).unwrap();
    (output.status.code().unwrap(), envelope(&output))
}

fn kill(mut child: Child) -> bool {
    // On Unix this is SIGKILL.
    child.kill().unwrap();
    !child.wait().unwrap().success()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_it_ends_with_the_same_database() {
    let mut world = World::start().await;
    let ward = world.ward().await;
    for _ in 0..6 {
        world.pay(5).await;
        seal(&world.node, 800);
    }
    let url = world.write_address_book();
    let logs = 32 + ward.logs;
    let (code, whole) = run(&mut world.salus(&url, "whole", &[]));
    assert_eq!((code, &whole["result"]["logs"]), (0, &logs.into()), "{whole}");

    let mut random = StdRng::seed_from_u64(9);
    let (mut kills, mut partial) = (0, 0);
    // Later and later, so that it is killed between ranges on a slow machine, too.
    for latest in (20..=1600).step_by(20) {
        let mut command = world.salus(&url, "killed", &[]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(random.gen_range(0..latest))).await;
        kills += u32::from(tokio::task::block_in_place(|| kill(child)));
        let (code, status) = run(&mut world.salus(&url, "killed", &["status"]));
        let checkpoint = status["result"]["checkpoint"]["block"].as_u64();
        partial += u32::from(code == 0 && checkpoint.is_some() && checkpoint < whole["result"]["indexed_to"].as_u64());
        if kills >= 20 && partial >= 5 {
            break;
        }
    }
    assert!(kills > 0, "it was killed while it worked");
    assert!(partial > 0, "it was killed between ranges");
    let (code, end) = run(&mut world.salus(&url, "killed", &[]));
    assert_eq!(code, 0, "{end}");
    let status = |database| run(&mut world.salus(&url, database, &["status"])).1;
    let (mut killed, whole) = (status("killed"), status("whole"));
    assert_eq!(whole["result"]["tables"][1]["rows"], logs, "{whole}");
    killed["result"]["database"] = whole["result"]["database"].clone();
    assert_eq!(killed, whole);
    assert_eq!(world.answers(&url, "killed"), world.answers(&url, "whole"));
}

#[tokio::test(flavor = "multi_thread")]
async fn status_events_and_rebuild_answer_in_the_envelope() {
    let world = World::start().await;
    world.pay(4).await;
    let url = world.write_address_book();
    let (code, missing) = run(&mut world.salus(&url, "index", &["status"]));
    assert_eq!(
        (code, &missing["error"]["code"]),
        (8, &"database_missing".into()),
        "{missing}"
    );

    let (code, indexed) = run(&mut world.salus(&url, "index", &[]));
    assert_eq!(
        (code, &indexed["command"], &indexed["result"]["undecoded"]),
        (0, &"index".into(), &0.into()),
        "{indexed}"
    );
    let (_, before) = run(&mut world.salus(&url, "index", &["status"]));
    let (code, rebuilt) = run(&mut world.salus(&url, "index", &["rebuild"]));
    assert_eq!((code, &rebuilt["result"]["logs"]), (0, &6.into()), "{rebuilt}");
    assert_eq!(run(&mut world.salus(&url, "index", &["status"])).1, before);

    let (_, events) = run(&mut world.salus(&url, "index", &["events", "--contract", "token", "--limit", "3"]));
    assert_eq!(events["result"].as_array().unwrap().len(), 3, "{events}");
    assert_eq!(events["result"][0]["name"], "RoleGranted");
    assert_eq!(events["result"][2]["fields"]["value"], "1");
    let (_, balances) = run(&mut world.salus(&url, "index", &["balances"]));
    assert_eq!(balances["result"].as_array().unwrap().len(), 5, "{balances}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_indexer_on_the_same_database_is_refused() {
    let world = World::start().await;
    let url = world.write_address_book();
    let mut command = world.salus(&url, "index", &["--follow"]);
    let first = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // The first one has the database once there is something in it.
    world
        .until(&url, |status| !status["result"]["checkpoint"].is_null())
        .await;
    let second = run(&mut world.salus(&url, "index", &[]));
    tokio::task::block_in_place(|| kill(first));
    assert_eq!(
        (second.0, &second.1["error"]["code"]),
        (8, &"database_in_use".into()),
        "{}",
        second.1
    );
    assert_eq!(
        run(&mut world.salus(&url, "index", &[])).0,
        0,
        "the lock went with its process"
    );
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn told_to_stop_it_ends_in_order_and_says_how_far_it_came() {
    let world = World::start().await;
    world.pay(2).await;
    let url = world.write_address_book();
    let mut command = world.salus(&url, "index", &["--follow"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let head = u64::from(world.node.finalized().number);
    world
        .until(&url, |status| status["result"]["checkpoint"]["block"] == head)
        .await;
    let told = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(told.success());
    let output = tokio::task::block_in_place(|| child.wait_with_output()).unwrap();
    let result = &envelope(&output)["result"];
    assert_eq!(
        (&result["stopped"], &result["indexed_to"]),
        (&true.into(), &head.into())
    );
    let progress = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(progress.contains("blocks/s"), "{progress}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_rpc_that_is_not_there_is_said_to_be_unreachable() {
    let world = World::start().await;
    world.write_address_book();
    let mut book = std::fs::read_dir(world.home.path().join("deployments")).unwrap();
    let text = std::fs::read_to_string(book.next().unwrap().unwrap().path()).unwrap();
    let (url, name) = ("ws://127.0.0.1:1", "127.0.0.1-1");
    let old = serde_json::from_str::<Value>(&text).unwrap()["network"]
        .as_str()
        .unwrap()
        .to_string();
    let path = world.home.path().join("deployments").join(format!("{name}.json"));
    std::fs::write(path, text.replace(&old, name)).unwrap();
    let (code, answer) = run(&mut world.salus(url, "index", &["--patience", "1"]));
    assert_eq!(
        (code, &answer["error"]["code"]),
        (3, &"rpc_unreachable".into()),
        "{answer}"
    );
    assert_eq!(answer["error"]["retryable"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_deployed_is_said_so() {
    let world = World::start().await;
    let url = format!("ws://{}", world.server.substrate_addr());
    let (code, answer) = run(&mut world.salus(&url, "index", &[]));
    assert_eq!(
        (code, &answer["error"]["code"]),
        (6, &"not_deployed".into()),
        "{answer}"
    );
}
