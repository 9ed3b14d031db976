//! What stands between the program and the chain, and can stop a transaction on its way.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

use serde_json::Value;

use crate::world::World;

/// What becomes of the next transaction.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    /// It goes through, and so do answers.
    Nothing,
    /// It is not handed on.
    Transaction,
    /// It is handed on, and nothing that the chain says comes back.
    Answers,
}

/// A proxy for one chain.
pub(crate) struct Proxy {
    /// Its Substrate RPC.
    pub(crate) url: String,
    hold: Arc<Mutex<Hold>>,
    held: Receiver<()>,
}

impl Proxy {
    /// A proxy before the chain of a world, whose address book counts for it, too.
    pub(crate) fn new(world: &World) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let name = address.to_string().replace(':', "-");
        let book = fs::read(world.node.ready["address_book"].as_str().unwrap()).unwrap();
        let mut book: Value = serde_json::from_slice(&book).unwrap();
        book["network"] = name.clone().into();
        world.user.file(
            &format!(".local/share/salus/deployments/{name}.json"),
            &book.to_string(),
        );
        let node: SocketAddr = world.node.url().trim_start_matches("ws://").parse().unwrap();
        let hold = Arc::new(Mutex::new(Hold::Nothing));
        let (sender, held) = channel();
        let shared = Arc::clone(&hold);
        thread::spawn(move || {
            while let Ok((client, _)) = listener.accept() {
                let server = TcpStream::connect(node).unwrap();
                connect(client, server, &shared, &sender);
            }
        });
        Self {
            url: format!("ws://{address}"),
            hold,
            held,
        }
    }

    pub(crate) fn hold(&self, hold: Hold) {
        *self.hold.lock().unwrap() = hold;
    }

    /// Waits until a transaction was held.
    pub(crate) fn wait(&self) {
        self.held.recv_timeout(std::time::Duration::from_secs(60)).unwrap();
    }
}

/// Two threads, one for each direction, until either end is gone.
fn connect(client: TcpStream, server: TcpStream, hold: &Arc<Mutex<Hold>>, held: &Sender<()>) {
    let muted = Arc::new(AtomicBool::new(false));
    let (mut answers, mut to_client) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    let silent = Arc::clone(&muted);
    thread::spawn(move || {
        let mut buffer = [0; 65_536];
        while let Ok(read @ 1..) = answers.read(&mut buffer) {
            if !silent.load(Ordering::SeqCst) && to_client.write_all(&buffer[..read]).is_err() {
                break;
            }
        }
        let _ = to_client.shutdown(std::net::Shutdown::Both);
    });
    let (hold, held) = (Arc::clone(hold), held.clone());
    thread::spawn(move || {
        // The program was killed, or the test is over.
        let _ = requests(client, server, &muted, &hold, &held);
    });
}

fn requests(
    mut client: TcpStream,
    mut server: TcpStream,
    muted: &AtomicBool,
    hold: &Mutex<Hold>,
    held: &Sender<()>,
) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        client.read_exact(&mut byte)?;
        head.extend(byte);
    }
    server.write_all(&head)?;
    loop {
        let (frame, text) = frame(&mut client)?;
        let sends = String::from_utf8_lossy(&text).contains("author_submitAndWatchExtrinsic");
        let wanted = *hold.lock().unwrap();
        if sends && wanted != Hold::Nothing {
            muted.store(true, Ordering::SeqCst);
            if wanted == Hold::Answers {
                server.write_all(&frame)?;
            }
            // Nobody waits any more if the test is over.
            let _ = held.send(());
            if wanted == Hold::Transaction {
                // The connection stays open, and nothing goes through it.
                loop {
                    thread::park();
                }
            }
            continue;
        }
        server.write_all(&frame)?;
    }
}

/// A frame of a WebSocket's client (RFC 6455, section 5.2): as it is, and what it says.
fn frame(client: &mut TcpStream) -> std::io::Result<(Vec<u8>, Vec<u8>)> {
    let mut frame = vec![0; 2];
    client.read_exact(&mut frame)?;
    let extended = match frame[1] & 0x7f {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    let mut length = u64::from(frame[1] & 0x7f);
    if extended > 0 {
        let mut bytes = [0; 8];
        client.read_exact(&mut bytes[8 - extended..])?;
        frame.extend(&bytes[8 - extended..]);
        length = u64::from_be_bytes(bytes);
    }
    let mut mask = [0; 4];
    client.read_exact(&mut mask)?;
    frame.extend(mask);
    let mut payload = vec![0; usize::try_from(length).unwrap()];
    client.read_exact(&mut payload)?;
    frame.extend(&payload);
    let text = payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask);
    Ok((frame, text.collect()))
}
