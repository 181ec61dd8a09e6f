// Anthropic's official JavaScript client, as its users write it.

import Anthropic from "@anthropic-ai/sdk";
import { zodOutputFormat } from "@anthropic-ai/sdk/helpers/zod";
import { z } from "zod";

const client = new Anthropic({ baseURL: process.env.BYOKC_URL, apiKey: process.env.BYOKC_TOKEN });

const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const tools = [
  {
    name: "get_weather",
    description: "The weather in a city",
    input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
];
const City = z.object({ name: z.string(), population: z.number() });

const user = (content) => ({ max_tokens: 200, system: "You are brief.", messages: [{ role: "user", content }] });
const textOf = (message) => message.content.map((block) => (block.type === "text" ? block.text : "")).join("");
const usageOf = ({ usage }) => [usage.input_tokens, usage.output_tokens];

async function withTools(model, send) {
  const asked = user("What is the weather in Paris?");
  const answer = await send({ model, tools, ...asked });
  const call = answer.content.find((block) => block.type === "tool_use");
  asked.messages.push(
    { role: "assistant", content: answer.content },
    { role: "user", content: [{ type: "tool_result", tool_use_id: call.id, content: `21 degrees in ${call.input.city}` }] },
  );
  const last = await send({ model, tools, ...asked });
  return { tool: [call.name, call.input], called: answer.stop_reason, text: textOf(last), finish: last.stop_reason };
}

export const scenarios = {
  async plain(model) {
    const answer = await client.messages.create({ model, ...user("Say hello") });
    return { text: textOf(answer), finish: answer.stop_reason, usage: usageOf(answer) };
  },

  async stream(model) {
    const pieces = [];
    const events = client.messages.stream({ model, ...user("Say hello") }).on("text", (text) => pieces.push(text));
    const answer = await events.finalMessage();
    return { text: pieces.join(""), pieces: pieces.length, finish: answer.stop_reason, usage: usageOf(answer) };
  },

  tools: (model) => withTools(model, (request) => client.messages.create(request)),
  stream_tools: (model) => withTools(model, (request) => client.messages.stream(request).finalMessage()),

  async json_schema(model) {
    const output_config = { format: zodOutputFormat(City) };
    const answer = await client.messages.parse({ model, output_config, ...user("Describe Paris") });
    return { parsed: answer.parsed_output };
  },

  async image(model) {
    const content = [
      { type: "image", source: { type: "base64", media_type: "image/png", data: pixel } },
      { type: "text", text: "What is in this image?" },
    ];
    return { text: textOf(await client.messages.create({ model, ...user(content) })) };
  },

  async models() {
    const names = [];
    for await (const model of client.models.list()) names.push(model.id);
    return { models: names.sort() };
  },
};
