//! `salus up` in the background.

use std::{
    io::{BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Stdio},
};

use serde_json::Value;

use crate::user::User;

/// A running `salus up`. It is stopped when it is dropped.
pub(crate) struct Node {
    child: Child,
    /// The result that it printed when it was ready.
    pub(crate) ready: Value,
}

impl Node {
    /// Starts it on free ports and waits until it says that it is ready.
    pub(crate) fn start(user: &User, args: &[&str]) -> Self {
        let up = ["--json", "up", "--substrate-port", "0", "--ethereum-port", "0"];
        let mut child = user
            .command(&[&up, args].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        // The document is complete before the program ends.
        let mut documents = serde_json::Deserializer::from_reader(stdout).into_iter::<Value>();
        let mut envelope = documents.next().unwrap().unwrap();
        assert_eq!(envelope["ok"], true, "{envelope}");
        let ready = envelope["result"].take();
        Self { child, ready }
    }

    /// Where its Substrate RPC is.
    pub(crate) fn url(&self) -> &str {
        self.ready["substrate_rpc"].as_str().unwrap()
    }

    /// Asks the Ethereum RPC for something without arguments worth a type.
    pub(crate) fn ethereum(&self, method: &str, params: &Value) -> Value {
        let address = self.ready["ethereum_rpc"]
            .as_str()
            .unwrap()
            .trim_start_matches("http://")
            .to_string();
        let body = serde_json::json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
        let mut stream = TcpStream::connect(&address).unwrap();
        let head = format!(
            "POST / HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        stream.write_all((head + &body).as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, json) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str::<Value>(json).unwrap()["result"].take()
    }

    /// Lets time pass on the chain.
    pub(crate) fn advance(&self, seconds: u64) {
        self.ethereum("evm_increaseTime", &serde_json::json!([seconds]));
        self.ethereum("evm_mine", &serde_json::json!([]));
    }

    /// Kills it, as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end, and answers its exit code.
    pub(crate) fn terminate(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        let asked = std::process::Command::new("kill").args(["-TERM", &pid]).status();
        assert!(asked.unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have been killed already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
