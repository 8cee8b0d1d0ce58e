//! A mail server that says what a test wants.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// How a server differs from one that takes everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct Manners {
    /// A command, or `.` for the end of a message, and the reply that it gets.
    pub reply: Option<(&'static str, &'static str)>,
    /// Does it offer to be secured? It goes when it is taken at its word.
    pub starttls: bool,
    /// Does it say nothing?
    pub silent: bool,
}

/// A server on loopback, without TLS.
pub struct PostOffice {
    pub address: SocketAddr,
    commands: Arc<Mutex<Vec<String>>>,
    mails: Arc<Mutex<Vec<String>>>,
}

impl PostOffice {
    pub async fn new(manners: Manners) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (commands, mails) = (Arc::default(), Arc::default());
        let office = Self {
            address,
            commands: Arc::clone(&commands),
            mails: Arc::clone(&mails),
        };
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (commands, mails) = (Arc::clone(&commands), Arc::clone(&mails));
                tokio::spawn(async move {
                    // The other end may go at any time.
                    let _ = serve(socket, manners, &commands, &mails).await;
                });
            }
        });
        office
    }

    pub fn commands(&self) -> Vec<String> {
        self.commands.lock().unwrap().clone()
    }

    pub fn mails(&self) -> Vec<String> {
        self.mails.lock().unwrap().clone()
    }
}

async fn serve(
    socket: TcpStream,
    manners: Manners,
    commands: &Mutex<Vec<String>>,
    mails: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut socket = BufReader::new(socket);
    if manners.silent {
        std::future::pending::<()>().await;
    }
    socket.write_all(b"220 office\r\n").await?;
    let mut mail: Option<String> = None;
    loop {
        let mut line = String::new();
        if socket.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let word = match &mut mail {
            Some(text) if line != ".\r\n" => {
                text.push_str(&line);
                continue;
            }
            Some(text) => {
                mails.lock().unwrap().push(std::mem::take(text));
                mail = None;
                "."
            }
            None => {
                let line = line.trim_end();
                commands.lock().unwrap().push(line.to_owned());
                line.split([' ', ':']).next().unwrap_or_default()
            }
        };
        let usual = match word {
            "EHLO" if manners.starttls => "250-office\r\n250 STARTTLS",
            "EHLO" => "250-office\r\n250 AUTH PLAIN LOGIN",
            "STARTTLS" => "220 now",
            "AUTH" => "235 welcome",
            "DATA" => "354 go on",
            "." => "250 2.0.0 Ok: queued as 4F1",
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        let reply = manners.reply.filter(|(command, _)| *command == word);
        let reply = reply.map_or(usual, |(_, reply)| reply);
        if word == "DATA" && reply.starts_with('3') {
            mail = Some(String::new());
        }
        socket.write_all(format!("{reply}\r\n").as_bytes()).await?;
        if word == "STARTTLS" {
            return Ok(());
        }
    }
}
