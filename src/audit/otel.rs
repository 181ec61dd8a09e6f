//! The names of OpenTelemetry's conventions for generative AI, where they are others than ours.

/// The value of `gen_ai.provider.name` for a vendor.
pub fn provider_name(vendor: &str) -> &str {
    match vendor {
        "azure" => "azure.ai.openai",
        "bedrock" => "aws.bedrock",
        "gemini" | "google" => "gcp.gemini",
        "mistral" => "mistral_ai",
        "vertex" => "gcp.vertex_ai",
        "watsonx" => "ibm.watsonx.ai",
        "xai" => "x_ai",
        other => other,
    }
}
