//! Whose an account is: as declared, and whose host its address is; and where a model's id itself sends requests.

use super::{Broken, Holds, expect};

#[test]
fn a_declared_company_does_not_hide_whose_host_it_is() {
    expect(
        r#"language 1
        provider mine { protocol openai base_url "https://api.openai.com/v1" vendor mistral key env MINE }
        provider anthropic { key env ANTHROPIC_API_KEY }
        allow default { mine/* anthropic/* }
        route a { accepts restricted primary anthropic/claude-opus-5-5 fallback mine/m on outage }
        route b { accepts public primary mine/m fallback none }
        route c { accepts public primary anthropic/claude-opus-5-5 fallback none }"#,
        &[
            ("restricted reaches only anthropic, mistral", Broken(2)),
            ("restricted reaches only anthropic, openai", Broken(2)),
            ("restricted reaches only anthropic, openai, mistral", Holds),
            ("restricted reaches only anthropic, mine", Holds),
            ("never restricted reaches openai", Broken(2)),
            ("never restricted reaches mistral", Broken(2)),
            // A pattern admits by all companies, and keeps out by either.
            ("restricted reaches only anthropic/*, mistral/*", Broken(2)),
            ("restricted reaches only anthropic/*, mine/*", Holds),
            ("only openai/* serve b", Broken(1)),
            ("never restricted reaches openai/m", Broken(2)),
            ("every path to provider openai passes redaction of email", Broken(2)),
            ("a independent of b by vendor", Broken(3)),
            ("c independent of b by vendor", Holds),
            ("a survives losing any 1 vendor", Holds),
            ("a survives losing any 2 vendors", Broken(2)),
        ],
    );
}

#[test]
fn an_id_may_say_where_it_is_processed() {
    expect(
        r#"language 1
        provider azure_openai { base_url "https://example.openai.azure.com/openai/v1" key env AZURE_OPENAI_API_KEY region us }
        provider azure_jp { protocol openai base_url "https://jp.openai.azure.com/openai/v1" vendor azure_openai key env AZURE_JP_KEY region jp }
        provider openai { key env OPENAI_API_KEY region us }
        model azure_openai/deployed { is azure/eu/gpt-4.1 }
        model azure_jp/deployed { is azure/eu/gpt-4.1 }
        allow default { azure_openai/* azure_jp/* openai/* }
        route a { accepts restricted primary azure_openai/deployed fallback none }
        route b { accepts public primary azure_openai/deployed fallback openai/gpt-6-luna on outage }
        route c { accepts public primary azure_openai/deployed fallback azure_jp/deployed on outage }"#,
        &[
            ("restricted reaches only region us", Broken(1)),
            ("restricted reaches only region us, region eu", Holds),
            ("never restricted reaches region eu/west-1", Broken(1)),
            ("never restricted reaches region jp", Holds),
            ("b survives losing any 1 region", Broken(2)),
            // The region that both are in is one that no account names.
            ("c survives losing any 1 region", Broken(2)),
        ],
    );
}
