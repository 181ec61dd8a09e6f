//! The words in which the catalogue describes a model: its mode, what it can do, and its known traps.

/// Declares an enum whose values have a word each.
macro_rules! vocabulary {
    ($(#[$about:meta])* $name:ident { $($variant:ident $word:literal $doc:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = $doc] $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The catalogue's word for it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// What the catalogue's word means.
            pub fn parse(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

/// Declares the set of such values.
macro_rules! set {
    ($(#[$about:meta])* $set:ident of $name:ident) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $set(u32);

        impl $set {
            /// The empty set.
            pub const NONE: Self = Self(0);

            /// With one more.
            #[must_use]
            pub const fn with(self, one: $name) -> Self {
                Self(self.0 | 1 << one as u32)
            }

            /// Adds one.
            pub const fn insert(&mut self, one: $name) {
                self.0 |= 1 << one as u32;
            }

            /// Whether it is in the set.
            pub const fn contains(self, one: $name) -> bool {
                self.0 & (1 << one as u32) != 0
            }

            /// Whether nothing is in the set.
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// Those that are in either set.
            #[must_use]
            pub const fn union(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            /// Those in the set, in the order of their declaration.
            pub fn iter(self) -> impl Iterator<Item = $name> {
                $name::ALL.iter().copied().filter(move |one| self.contains(*one))
            }
        }

        impl FromIterator<$name> for $set {
            fn from_iter<I: IntoIterator<Item = $name>>(all: I) -> Self {
                all.into_iter().fold(Self::NONE, Self::with)
            }
        }
    };
}

vocabulary! {
    /// What a model is asked for.
    Mode {
        Chat "chat" "Answers a conversation.",
        Embedding "embedding" "Turns text into a vector.",
        Rerank "rerank" "Orders passages by how well they fit a question.",
    }
}

vocabulary! {
    /// Something that a model can do.
    Capability {
        Streaming "streaming" "Sends the answer token by token.",
        Tools "tools" "Calls functions.",
        ParallelTools "parallel_tools" "Calls several functions in one turn. Weak evidence where absent.",
        ForcedTools "forced_tool_choice" "Can be made to call a given function.",
        Vision "vision" "Reads images.",
        PdfInput "pdf_input" "Reads PDF files. Weak evidence where absent.",
        AudioInput "audio_input" "Hears audio.",
        JsonSchema "json_schema" "Keeps its answer to a given JSON schema.",
        Reasoning "reasoning" "Thinks before it answers.",
        PromptCaching "prompt_caching" "Bills a repeated prompt at less. Weak evidence where absent.",
        AssistantPrefill "assistant_prefill" "Continues an answer that the request begins.",
        Sampling "sampling_params" "Accepts `temperature` and `top_p` without further conditions.",
        WebSearch "web_search" "Searches the web by itself. Weak evidence where absent.",
        Embeddings "embeddings" "Turns text into a vector.",
        Rerank "rerank" "Orders passages by how well they fit a question.",
    }
}

set! {
    /// A set of abilities.
    Capabilities of Capability
}

impl Capability {
    /// What a policy's word after `needs` or `supports` means; a policy says `forced_tools` and `sampling` for short.
    pub fn from_policy(word: &str) -> Option<Self> {
        match word {
            "forced_tools" => Some(Self::ForcedTools),
            "sampling" => Some(Self::Sampling),
            _ => Self::parse(word),
        }
    }

    /// A policy's word for it.
    pub const fn in_policy(self) -> &'static str {
        match self {
            Self::ForcedTools => "forced_tools",
            Self::Sampling => "sampling",
            _ => self.as_str(),
        }
    }
}

vocabulary! {
    /// A known trap: something common that a model refuses, ignores or asks for.
    Constraint {
        ResponsesOnly "responses_only" "Not served on chat completions.",
        ToolsNeedResponses "tools_need_responses" "Function tools on chat completions get 400.",
        ToolsNeedResponsesUnlessEffortNone "tools_need_responses_unless_effort_none" "The same, unless `reasoning_effort` is `none`.",
        MaxCompletionTokensOnly "max_completion_tokens_only" "Takes `max_completion_tokens`, not `max_tokens`.",
        SamplingRejected "sampling_rejected" "Temperature, `top_p` or `top_k` get 400.",
        SamplingOnlyWithEffortNone "sampling_only_with_effort_none" "Sampling only together with `reasoning_effort: none`.",
        SamplingIgnored "sampling_ignored" "Sampling is accepted and said to have no effect.",
        SamplingNeedsApi20230601 "sampling_needs_api_2023_06_01" "Sampling only under that Anthropic API version.",
        ThinkingAlwaysOn "thinking_always_on" "Reasoning cannot be switched off.",
        NoForcedToolChoice "no_forced_tool_choice" "Forcing a tool gets 400.",
        NoAssistantPrefill "no_assistant_prefill" "A trailing assistant message gets 400.",
        NoStreaming "no_streaming" "No token stream.",
        Retention30dRequired "retention_30d_required" "At least 30 days of retention, unless the vendor agrees to less.",
        TrainsOnData "trains_on_data" "The price is given in exchange for training on the traffic.",
        ExistingUsersOnly "existing_users_only" "Closed to new accounts.",
    }
}

set! {
    /// A set of known traps.
    Constraints of Constraint
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_means_what_it_came_from() {
        for capability in Capability::ALL {
            assert_eq!(Capability::parse(capability.as_str()), Some(*capability));
            assert_eq!(Capability::from_policy(capability.in_policy()), Some(*capability));
        }
        for constraint in Constraint::ALL {
            assert_eq!(Constraint::parse(constraint.as_str()), Some(*constraint));
        }
        assert_eq!(Capability::parse("telepathy"), None);
    }

    #[test]
    fn a_set_holds_what_was_put_in() {
        let mut set: Capabilities = [Capability::Vision, Capability::Tools].into_iter().collect();
        set.insert(Capability::Rerank);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Capability::Tools, Capability::Vision, Capability::Rerank]);
        assert!(!set.contains(Capability::Streaming) && Capabilities::NONE.is_empty());
    }
}
