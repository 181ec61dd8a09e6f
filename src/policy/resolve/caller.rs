//! Callers and approvers.

use std::borrow::Cow;

use super::Resolver;
use super::about::About;
use super::declare::{BlockEntry, block_name};
use super::findings::Seen;
use super::word::words;
use crate::diagnostic::Diagnostic;
use crate::policy::model::{Approver, At, Caller, RouteId};
use crate::policy::rules;
use crate::syntax::ast::{Text, Value};
use crate::syntax::keyword::Key;

/// Whether a text is 32 bytes in base64, in the one way to write them: 43 digits and `=`, no bit left over.
fn is_public_key(text: &str) -> bool {
    let Some(digits) = text.strip_suffix('=').filter(|digits| digits.len() == 43) else { return false };
    let good = digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
    good && digits.ends_with(['A', 'E', 'I', 'M', 'Q', 'U', 'Y', 'c', 'g', 'k', 'o', 's', 'w', '0', '4', '8'])
}

impl<'s> Resolver<'s> {
    /// Resolves every caller.
    pub(super) fn callers(&mut self, entries: &[BlockEntry<'_, 's>]) {
        for entry in entries {
            let block = entry.block;
            let (about, name) = (About::block(block), block_name(block));
            let mut caller = Caller {
                name,
                span: entry.span,
                title: Cow::Borrowed(name.text),
                token: None,
                routes: Vec::new(),
                all_routes: false,
                workflows: Vec::new(),
            };
            let mut seen = Seen::default();
            for field in &block.fields {
                if self.out.repeated(&mut seen, field, &block.fields, about) {
                    continue;
                }
                let spot = about.field(field.key);
                match (field.key, &field.value) {
                    (Key::Token, Value::Key { source, .. }) => {
                        caller.token = self.out.token_source(source, spot).map(|value| At { value, span: field.span });
                    }
                    (Key::Title, Value::Text(text)) => {
                        if let Some(title) = self.out.text(text, spot) {
                            caller.title = title.value;
                        }
                    }
                    (Key::Routes, value) => match words(value) {
                        [all] if all.text == "all" => {
                            caller.all_routes = true;
                            let count = u32::try_from(self.policy.routes.len()).unwrap_or(u32::MAX);
                            caller.routes = (0..count).map(|route| At { value: RouteId(route), span: all.span }).collect();
                        }
                        named => {
                            if let Some(all) = named.iter().find(|word| word.text == "all") {
                                self.out.wrong(spot, *all, "cannot stand among names", "take `all` out, or all the others");
                            }
                            for word in named.iter().filter(|word| word.text != "all") {
                                if let Some(value) = self.route_id(*word, about) {
                                    caller.routes.push(At { value, span: word.span });
                                }
                            }
                        }
                    },
                    (Key::Workflows, value) => {
                        for word in words(value) {
                            if let Some(value) = self.workflow_id(*word, about) {
                                caller.workflows.push(At { value, span: word.span });
                            }
                        }
                    }
                    _ => {}
                }
            }
            self.out.required(seen, &[Key::Token], block, about);
            if entry.stands {
                self.policy.callers.push(caller);
            }
        }
    }

    /// Resolves every approver.
    pub(super) fn approvers(&mut self, entries: &[BlockEntry<'_, 's>]) {
        for entry in entries {
            let block = entry.block;
            let (about, name) = (About::block(block), block_name(block));
            let title = Cow::Borrowed(name.text);
            let mut approver = Approver { name, span: entry.span, title, roles: Vec::new(), public_key: None };
            let mut seen = Seen::default();
            for field in &block.fields {
                if self.out.repeated(&mut seen, field, &block.fields, about) {
                    continue;
                }
                let spot = about.field(field.key);
                match (field.key, &field.value) {
                    (Key::Title, Value::Text(text)) => {
                        if let Some(title) = self.out.text(text, spot) {
                            approver.title = title.value;
                        }
                    }
                    // A role that is no name has been reported; it is held all the same.
                    (Key::Roles, value) => {
                        for word in words(value) {
                            self.out.free_name(*word, spot);
                            approver.roles.push(*word);
                        }
                    }
                    (Key::PublicKey, Value::Text(text)) => approver.public_key = self.public_key(text, about),
                    _ => {}
                }
            }
            self.out.required(seen, &[Key::Roles, Key::PublicKey], block, about);
            if entry.stands {
                self.policy.approvers.push(approver);
            }
        }
    }

    fn public_key(&mut self, text: &Text<'s>, about: About<'s>) -> Option<At<Cow<'s, str>>> {
        let value = text.value();
        if is_public_key(&value) {
            return Some(At { value, span: text.span });
        }
        let message = format!("{} is not an Ed25519 public key", about.field(Key::PublicKey));
        let finding = Diagnostic::new(&rules::BAD_VALUE, text.span, message).label("not such a key");
        self.out.add(about, finding.help("write the key's 32 bytes in base64: 43 characters and `=`"));
        None
    }
}

#[cfg(test)]
mod tests {
    use super::is_public_key;

    #[test]
    fn a_public_key_is_32_bytes() {
        assert!(is_public_key("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="));
        assert!(is_public_key(&format!("{}=", "A".repeat(43))));
        for text in ["", "=", &"A".repeat(43), &"A".repeat(44), &format!("{}==", "A".repeat(42)), &format!("{}B=", "A".repeat(42))] {
            assert!(!is_public_key(text), "{text}");
        }
        assert!(!is_public_key(&format!("{}-A=", "A".repeat(41))), "the other alphabet");
    }
}
