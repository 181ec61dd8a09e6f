"""Anthropic's official Python client, as its users write it."""

import os

from anthropic import Anthropic
from pydantic import BaseModel

client = Anthropic(base_url=os.environ["BYOKC_URL"], api_key=os.environ["BYOKC_TOKEN"])

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
TOOLS = [
    {
        "name": "get_weather",
        "description": "The weather in a city",
        "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    }
]


class City(BaseModel):
    name: str
    population: int


def get_weather(city):
    return f"21 degrees in {city}"


def user(text):
    return {"max_tokens": 200, "system": "You are brief.", "messages": [{"role": "user", "content": text}]}


def text_of(message):
    return "".join(block.text for block in message.content if block.type == "text")


def usage_of(message):
    return [message.usage.input_tokens, message.usage.output_tokens]


def plain(model):
    answer = client.messages.create(model=model, **user("Say hello"))
    return {"text": text_of(answer), "finish": answer.stop_reason, "usage": usage_of(answer)}


def stream(model):
    with client.messages.stream(model=model, **user("Say hello")) as events:
        pieces = list(events.text_stream)
        answer = events.get_final_message()
    return {"text": "".join(pieces), "pieces": len(pieces), "finish": answer.stop_reason, "usage": usage_of(answer)}


def with_tools(model, send):
    asked = user("What is the weather in Paris?")
    answer = send(model=model, tools=TOOLS, **asked)
    call = next(block for block in answer.content if block.type == "tool_use")
    asked["messages"].append({"role": "assistant", "content": answer.content})
    result = {"type": "tool_result", "tool_use_id": call.id, "content": get_weather(**call.input)}
    asked["messages"].append({"role": "user", "content": [result]})
    last = send(model=model, tools=TOOLS, **asked)
    return {
        "tool": [call.name, call.input],
        "called": answer.stop_reason,
        "text": text_of(last),
        "finish": last.stop_reason,
    }


def tools(model):
    return with_tools(model, client.messages.create)


def stream_tools(model):
    def send(**request):
        with client.messages.stream(**request) as events:
            return events.get_final_message()

    return with_tools(model, send)


def json_schema(model):
    answer = client.messages.parse(model=model, output_format=City, **user("Describe Paris"))
    return {"parsed": answer.parsed_output.model_dump()}


def image(model):
    parts = [
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}},
        {"type": "text", "text": "What is in this image?"},
    ]
    answer = client.messages.create(model=model, **user(parts))
    return {"text": text_of(answer)}


def models(_model):
    return {"models": sorted(model.id for model in client.models.list())}


SCENARIOS = {
    "plain": plain,
    "stream": stream,
    "tools": tools,
    "stream_tools": stream_tools,
    "json_schema": json_schema,
    "image": image,
    "models": models,
}
