"""OpenAI's official Python client, as its users write it."""

import json
import os

from openai import OpenAI
from pydantic import BaseModel

client = OpenAI(base_url=os.environ["BYOKC_URL"] + "/v1", api_key=os.environ["BYOKC_TOKEN"])

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
FUNCTION = {"name": "get_weather", "description": "The weather in a city", "parameters": SCHEMA, "strict": True}
TOOLS = [{"type": "function", "function": FUNCTION}]


class City(BaseModel):
    name: str
    population: int


def get_weather(city):
    return json.dumps({"city": city, "celsius": 21})


def user(text):
    return [{"role": "system", "content": "You are brief."}, {"role": "user", "content": text}]


def plain(model):
    answer = client.chat.completions.create(model=model, messages=user("Say hello"), temperature=0, max_tokens=200)
    choice = answer.choices[0]
    return {
        "text": choice.message.content,
        "finish": choice.finish_reason,
        "usage": [answer.usage.prompt_tokens, answer.usage.completion_tokens],
    }


def stream(model):
    pieces, finish, usage = [], None, None
    for chunk in client.chat.completions.create(
        model=model, messages=user("Say hello"), stream=True, stream_options={"include_usage": True}
    ):
        for choice in chunk.choices:
            pieces.append(choice.delta.content or "")
            finish = choice.finish_reason or finish
        if chunk.usage:
            usage = [chunk.usage.prompt_tokens, chunk.usage.completion_tokens]
    return {"text": "".join(pieces), "pieces": len([p for p in pieces if p]), "finish": finish, "usage": usage}


def with_tools(model, send):
    messages = user("What is the weather in Paris?")
    answer = send(model=model, messages=messages, tools=TOOLS)
    message = answer.choices[0].message
    call = message.tool_calls[0]
    messages.append(message)
    result = get_weather(**json.loads(call.function.arguments))
    messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
    last = send(model=model, messages=messages, tools=TOOLS)
    return {
        "tool": [call.function.name, json.loads(call.function.arguments)],
        "called": answer.choices[0].finish_reason,
        "text": last.choices[0].message.content,
        "finish": last.choices[0].finish_reason,
    }


def tools(model):
    return with_tools(model, client.chat.completions.create)


def stream_tools(model):
    def send(**request):
        with client.chat.completions.stream(**request) as events:
            return events.get_final_completion()

    return with_tools(model, send)


def json_schema(model):
    answer = client.chat.completions.parse(model=model, messages=user("Describe Paris"), response_format=City)
    return {"parsed": answer.choices[0].message.parsed.model_dump()}


def image(model):
    parts = [
        {"type": "text", "text": "What is in this image?"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}},
    ]
    answer = client.chat.completions.create(model=model, messages=[{"role": "user", "content": parts}])
    return {"text": answer.choices[0].message.content}


def embeddings(model):
    answer = client.embeddings.create(model=model, input=["first text", "second text"])
    return {
        "vectors": [[round(x, 3) for x in one.embedding] for one in answer.data],
        "usage": answer.usage.prompt_tokens,
    }


def models(_model):
    return {"models": sorted(model.id for model in client.models.list())}


def responses_plain(model):
    answer = client.responses.create(
        model=model, instructions="You are brief.", input="Say hello", max_output_tokens=200
    )
    return {
        "text": answer.output_text,
        "finish": answer.status,
        "usage": [answer.usage.input_tokens, answer.usage.output_tokens],
    }


def responses_stream(model):
    pieces = []
    with client.responses.stream(model=model, input="Say hello") as events:
        for event in events:
            if event.type == "response.output_text.delta":
                pieces.append(event.delta)
        answer = events.get_final_response()
    return {
        "text": "".join(pieces),
        "whole": answer.output_text,
        "pieces": len(pieces),
        "finish": answer.status,
        "usage": [answer.usage.input_tokens, answer.usage.output_tokens],
    }


def with_responses_tools(model, send):
    asked = [{"role": "user", "content": "What is the weather in Paris?"}]
    offered = [{"type": "function", **FUNCTION}]
    answer = send(model=model, input=asked, tools=offered)
    call = next(item for item in answer.output if item.type == "function_call")
    asked += answer.output
    result = get_weather(**json.loads(call.arguments))
    asked.append({"type": "function_call_output", "call_id": call.call_id, "output": result})
    last = send(model=model, input=asked, tools=offered)
    return {
        "tool": [call.name, json.loads(call.arguments)],
        "called": answer.status,
        "text": last.output_text,
        "finish": last.status,
    }


def responses_tools(model):
    return with_responses_tools(model, client.responses.create)


def responses_stream_tools(model):
    def send(**request):
        with client.responses.stream(**request) as events:
            return events.get_final_response()

    return with_responses_tools(model, send)


def responses_json_schema(model):
    answer = client.responses.parse(model=model, input="Describe Paris", text_format=City)
    return {"parsed": answer.output_parsed.model_dump()}


def responses_image(model):
    parts = [
        {"type": "input_text", "text": "What is in this image?"},
        {"type": "input_image", "image_url": f"data:image/png;base64,{PIXEL}"},
    ]
    return {"text": client.responses.create(model=model, input=[{"role": "user", "content": parts}]).output_text}


SCENARIOS = {
    "plain": plain,
    "stream": stream,
    "tools": tools,
    "stream_tools": stream_tools,
    "json_schema": json_schema,
    "image": image,
    "embeddings": embeddings,
    "models": models,
    "responses_plain": responses_plain,
    "responses_stream": responses_stream,
    "responses_tools": responses_tools,
    "responses_stream_tools": responses_stream_tools,
    "responses_json_schema": responses_json_schema,
    "responses_image": responses_image,
}
