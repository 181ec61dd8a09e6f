// The Vercel AI SDK with its providers for OpenAI (chat and responses), OpenAI-compatible servers and Anthropic, as its users write it.

import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { embedMany, generateText, Output, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";

const baseURL = process.env.BYOKC_URL + "/v1";
const apiKey = process.env.BYOKC_TOKEN;
const openai = createOpenAI({ baseURL, apiKey });
const compatible = createOpenAICompatible({ name: "byokc", baseURL, apiKey, includeUsage: true, supportsStructuredOutputs: true });
const anthropic = createAnthropic({ baseURL, apiKey });

const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const City = z.object({ name: z.string(), population: z.number() });
const tools = {
  get_weather: tool({
    description: "The weather in a city",
    inputSchema: z.object({ city: z.string() }),
    execute: async ({ city }) => `21 degrees in ${city}`,
  }),
};
const usageOf = ({ inputTokens, outputTokens }) => [inputTokens, outputTokens];

function loop(steps) {
  const call = steps.flatMap((step) => step.toolCalls)[0];
  const last = steps.at(-1);
  return { tool: [call.toolName, call.input], called: steps[0].finishReason, text: last.text, finish: last.finishReason };
}

const all = {
  async plain(model) {
    const answer = await generateText({ model, prompt: "Say hello", temperature: 0 });
    return { text: answer.text, finish: answer.finishReason, usage: usageOf(answer.usage) };
  },

  async stream(model) {
    let failed;
    const answer = streamText({ model, prompt: "Say hello", onError: ({ error }) => (failed = error) });
    const pieces = [];
    for await (const piece of answer.textStream) pieces.push(piece);
    if (failed) throw failed;
    return { text: pieces.join(""), pieces: pieces.length, finish: await answer.finishReason, usage: usageOf(await answer.usage) };
  },

  async tools(model) {
    const prompt = "What is the weather in Paris?";
    return loop((await generateText({ model, prompt, tools, stopWhen: stepCountIs(4) })).steps);
  },

  async stream_tools(model) {
    const prompt = "What is the weather in Paris?";
    const answer = streamText({ model, prompt, tools, stopWhen: stepCountIs(4) });
    await answer.consumeStream();
    return loop(await answer.steps);
  },

  async json_schema(model) {
    const output = Output.object({ schema: City });
    // For a model whose name it does not know the package would offer a tool `json` in place of the schema.
    const providerOptions = { anthropic: { structuredOutputMode: "outputFormat" } };
    const answer = await generateText({ model, prompt: "Describe Paris", output, providerOptions });
    return { parsed: answer.output };
  },

  async image(model) {
    const content = [
      { type: "text", text: "What is in this image?" },
      { type: "image", image: pixel, mediaType: "image/png" },
    ];
    return { text: (await generateText({ model, messages: [{ role: "user", content }] })).text };
  },
};

const makers = {
  "": (name) => openai.chat(name),
  responses_: (name) => openai.responses(name),
  compatible_: (name) => compatible.chatModel(name),
  anthropic_: (name) => anthropic(name),
};

export const scenarios = {
  async embeddings(name) {
    const model = openai.embedding(name);
    const { embeddings, usage } = await embedMany({ model, values: ["first text", "second text"] });
    return { vectors: embeddings.map((one) => one.map((x) => Math.round(x * 1000) / 1000)), usage: usage.tokens };
  },
};
for (const [prefix, make] of Object.entries(makers)) {
  for (const [name, run] of Object.entries(all)) scenarios[prefix + name] = (model) => run(make(model));
}
