// OpenAI's official JavaScript client, as its users write it.

import OpenAI from "openai";
import { zodResponseFormat, zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";

const client = new OpenAI({ baseURL: process.env.BYOKC_URL + "/v1", apiKey: process.env.BYOKC_TOKEN });

const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const parameters = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
const definition = { name: "get_weather", description: "The weather in a city", parameters, strict: true };
const tools = [{ type: "function", function: definition }];
const City = z.object({ name: z.string(), population: z.number() });

const getWeather = ({ city }) => JSON.stringify({ city, celsius: 21 });
const user = (text) => [
  { role: "system", content: "You are brief." },
  { role: "user", content: text },
];

async function withTools(model, send) {
  const messages = user("What is the weather in Paris?");
  const answer = await send({ model, messages, tools });
  const { message } = answer.choices[0];
  const [call] = message.tool_calls;
  const given = JSON.parse(call.function.arguments);
  messages.push(message, { role: "tool", tool_call_id: call.id, content: getWeather(given) });
  const last = await send({ model, messages, tools });
  return {
    tool: [call.function.name, given],
    called: answer.choices[0].finish_reason,
    text: last.choices[0].message.content,
    finish: last.choices[0].finish_reason,
  };
}

async function withResponsesTools(model, send) {
  const input = [{ role: "user", content: "What is the weather in Paris?" }];
  const offered = [{ type: "function", ...definition }];
  const answer = await send({ model, input, tools: offered });
  const call = answer.output.find((item) => item.type === "function_call");
  const given = JSON.parse(call.arguments);
  input.push(...answer.output, { type: "function_call_output", call_id: call.call_id, output: getWeather(given) });
  const last = await send({ model, input, tools: offered });
  return { tool: [call.name, given], called: answer.status, text: last.output_text, finish: last.status };
}

export const scenarios = {
  async plain(model) {
    const answer = await client.chat.completions.create({ model, messages: user("Say hello"), temperature: 0 });
    return {
      text: answer.choices[0].message.content,
      finish: answer.choices[0].finish_reason,
      usage: [answer.usage.prompt_tokens, answer.usage.completion_tokens],
    };
  },

  async stream(model) {
    const events = await client.chat.completions.create({
      model,
      messages: user("Say hello"),
      stream: true,
      stream_options: { include_usage: true },
    });
    const pieces = [];
    let finish, usage;
    for await (const chunk of events) {
      const choice = chunk.choices[0];
      if (choice?.delta.content) pieces.push(choice.delta.content);
      finish = choice?.finish_reason ?? finish;
      if (chunk.usage) usage = [chunk.usage.prompt_tokens, chunk.usage.completion_tokens];
    }
    return { text: pieces.join(""), pieces: pieces.length, finish, usage };
  },

  tools: (model) => withTools(model, (request) => client.chat.completions.create(request)),
  stream_tools: (model) =>
    withTools(model, (request) => client.chat.completions.stream(request).finalChatCompletion()),

  async json_schema(model) {
    const response_format = zodResponseFormat(City, "city");
    const answer = await client.chat.completions.parse({ model, messages: user("Describe Paris"), response_format });
    return { parsed: answer.choices[0].message.parsed };
  },

  async image(model) {
    const content = [
      { type: "text", text: "What is in this image?" },
      { type: "image_url", image_url: { url: `data:image/png;base64,${pixel}` } },
    ];
    const answer = await client.chat.completions.create({ model, messages: [{ role: "user", content }] });
    return { text: answer.choices[0].message.content };
  },

  async embeddings(model) {
    const answer = await client.embeddings.create({ model, input: ["first text", "second text"] });
    return {
      vectors: answer.data.map((one) => one.embedding.map((x) => Math.round(x * 1000) / 1000)),
      usage: answer.usage.prompt_tokens,
    };
  },

  async models() {
    const names = [];
    for await (const model of client.models.list()) names.push(model.id);
    return { models: names.sort() };
  },

  async responses_plain(model) {
    const answer = await client.responses.create({ model, instructions: "You are brief.", input: "Say hello" });
    return {
      text: answer.output_text,
      finish: answer.status,
      usage: [answer.usage.input_tokens, answer.usage.output_tokens],
    };
  },

  async responses_stream(model) {
    const events = client.responses.stream({ model, input: "Say hello" });
    const pieces = [];
    for await (const event of events) if (event.type === "response.output_text.delta") pieces.push(event.delta);
    const answer = await events.finalResponse();
    return {
      text: pieces.join(""),
      whole: answer.output_text,
      pieces: pieces.length,
      finish: answer.status,
      usage: [answer.usage.input_tokens, answer.usage.output_tokens],
    };
  },

  responses_tools: (model) => withResponsesTools(model, (request) => client.responses.create(request)),
  responses_stream_tools: (model) =>
    withResponsesTools(model, (request) => client.responses.stream(request).finalResponse()),

  async responses_json_schema(model) {
    const text = { format: zodTextFormat(City, "city") };
    const answer = await client.responses.parse({ model, input: "Describe Paris", text });
    return { parsed: answer.output_parsed };
  },

  async responses_image(model) {
    const content = [
      { type: "input_text", text: "What is in this image?" },
      { type: "input_image", image_url: `data:image/png;base64,${pixel}` },
    ];
    return { text: (await client.responses.create({ model, input: [{ role: "user", content }] })).output_text };
  },
};
