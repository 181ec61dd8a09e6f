//! Policies of any size for the benches: realistic routes, about 200 bytes each, with fallback chains and shared and own allowlists.

use std::fmt::Write;

/// A policy of so many routes that has no finding and stands in the canonical layout.
pub(crate) fn of(routes: usize) -> String {
    let mut text = String::from(
        r"language 1

provider openai {
  key        env OPENAI_API_KEY
  clearance  confidential
  region     us
  retention  30d
}

provider anthropic {
  key        env ANTHROPIC_API_KEY
  clearance  restricted
  region     us
  retention  none
}

provider gemini {
  key        env GEMINI_API_KEY
  clearance  confidential
  region     us, eu
}

allow production {
  openai/gpt-5*
  openai/gpt-6*
  anthropic/claude-*
  gemini/gemini-*
}

allow small {
  openai/gpt-6-luna
  anthropic/claude-haiku-5-5
}

",
    );
    for route in 0..routes {
        match route % 4 {
            0 => write!(
                text,
                "route task_{route} {{\n  accepts     confidential\n  allow       production\n  primary     openai/gpt-6-luna\n  fallback    anthropic/claude-haiku-5-5 on outage, rate_limit\n  fallback    gemini/gemini-3.8-flash on outage\n  timeout     8s\n  max_output  2k\n}}\n\n"
            ),
            1 => write!(
                text,
                "route task_{route} {{\n  because   \"Short answers, cheap and fast\"\n  accepts   internal\n  allow     small\n  primary   openai/gpt-6-luna\n  fallback  anthropic/claude-haiku-5-5 on outage, limits\n  retry     2\n}}\n\n"
            ),
            2 => write!(
                text,
                "# Goes on with the task before it when Anthropic is down.\nroute task_{route} {{\n  accepts   internal\n  allow     small, anthropic/claude-sonnet-*\n  primary   anthropic/claude-sonnet-5-5\n  fallback  route task_{} on outage\n  timeout   20s\n}}\n\n",
                route - 1
            ),
            _ => write!(
                text,
                "route task_{route} {{\n  accepts   restricted\n  allow     production\n  region    us\n  primary   anthropic/claude-opus-5-5\n  fallback  none\n  redact    email, phone, secret\n  audit     full\n}}\n\n"
            ),
        }
        .expect("a string takes all text");
    }
    text.truncate(text.trim_end().len() + 1);
    text
}
