//! Providers over TLS: a certificate that the system knows is taken, any other is no connection.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use super::upstream::whole;
use super::{Answered, KEY, Server, ask, compiled};
use crate::byokc::Folder;

/// Answers over TLS under this name; gives the port and the certificate.
fn provider(name: &str) -> (u16, String) {
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let Ok(connection) = rustls::ServerConnection::new(Arc::clone(&config)) else { return };
            let mut stream = rustls::StreamOwned::new(connection, stream);
            let mut request = Vec::new();
            // A body that ends the request is the only one with two braces at its end.
            while !request.ends_with(b"}") {
                let mut some = [0; 4096];
                match stream.read(&mut some) {
                    Ok(read) if read > 0 => request.extend_from_slice(&some[..read]),
                    _ => break,
                }
            }
            if request.ends_with(b"}") {
                let body = whole("openai", "Good day.");
                let _ = write!(stream, "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    (port, made.cert.pem())
}

fn call(name: &str, trusted: bool) -> Answered {
    let (port, certificate) = provider(name);
    let other = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap().cert.pem();
    let folder = Folder::with(&[("ca.pem", &certificate), ("other.pem", &other)]);
    let policy = format!(
        "provider lab {{ protocol openai_compatible  base_url \"https://localhost:{port}/v1\"  title \"Lab\"  key env LAB_KEY  clearance internal }}\n\
         model lab/m {{ context 8k output 1k supports streaming }}\nallow default {{ lab/* }}\n\
         route ask {{ accepts internal  primary lab/m  fallback none  retry 0 }}\n"
    );
    compiled(&folder, &policy, "plan.json");
    let known = folder.path(if trusted { "ca.pem" } else { "other.pem" });
    let server = Server::start(&folder, "plan.json", &["--open"], &[("LAB_KEY", KEY), ("SSL_CERT_FILE", known.to_str().unwrap())]);
    server.chat(&ask("ask", "hello"))
}

#[test]
fn a_known_certificate_is_taken() {
    let answered = call("localhost", true);
    assert_eq!((answered.status, &*answered.says()), (200, "Good day."));
}

#[test]
fn an_unknown_one_or_one_of_another_name_is_no_connection() {
    for answered in [call("localhost", false), call("elsewhere.example", true)] {
        let error = &answered.json()["error"];
        assert_eq!((answered.status, error["code"].as_str()), (502, Some("network")), "{answered:?}");
        assert!(error["message"].as_str().unwrap().contains("Lab could not be reached"), "{answered:?}");
    }
}
