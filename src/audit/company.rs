//! From the company of an account, as plans name it, to `gen_ai.provider.name`, as OpenTelemetry spells it.

/// The name of a company in OpenTelemetry's conventions for generative AI; its own where they have none.
pub fn company(vendor: &str) -> &str {
    match vendor {
        "azure" => "azure.ai.openai",
        "bedrock" => "aws.bedrock",
        "gemini" => "gcp.gemini",
        "mistral" => "mistral_ai",
        "vertex" => "gcp.vertex_ai",
        "xai" => "x_ai",
        own => own,
    }
}
