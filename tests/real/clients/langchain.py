"""LangChain's chat models and agent for OpenAI and Anthropic, as their users write them."""

import os

from langchain.agents import create_agent
from langchain_anthropic import ChatAnthropic
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import BaseModel

URL, TOKEN = os.environ["BYOKC_URL"], os.environ["BYOKC_TOKEN"]
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


class City(BaseModel):
    name: str
    population: int


def get_weather(city: str) -> str:
    """The weather in a city."""
    return f"21 degrees in {city}"


def seen(message):
    usage = message.usage_metadata
    return {"text": message.text, "usage": [usage["input_tokens"], usage["output_tokens"]] if usage else None}


def plain(chat):
    return seen(chat.invoke([("system", "You are brief."), ("user", "Say hello")]))


def stream(chat):
    pieces = list(chat.stream("Say hello"))
    whole = pieces[0]
    for piece in pieces[1:]:
        whole += piece
    return seen(whole) | {"pieces": len([piece for piece in pieces if piece.text])}


def agent_saw(messages):
    call = next(message.tool_calls[0] for message in messages if getattr(message, "tool_calls", None))
    return {"tool": [call["name"], call["args"]], "text": messages[-1].text}


def tools(chat):
    agent = create_agent(chat, tools=[get_weather], system_prompt="You are brief.")
    return agent_saw(agent.invoke({"messages": [("user", "What is the weather in Paris?")]})["messages"])


def stream_tools(chat):
    agent = create_agent(chat, tools=[get_weather])
    states = agent.stream({"messages": [("user", "What is the weather in Paris?")]}, stream_mode=["messages", "values"])
    return agent_saw([state for mode, state in states if mode == "values"][-1]["messages"])


def json_schema(chat):
    return {"parsed": chat.with_structured_output(City, method="json_schema").invoke("Describe Paris").model_dump()}


def image(chat):
    parts = [
        {"type": "text", "text": "What is in this image?"},
        {"type": "image", "base64": PIXEL, "mime_type": "image/png"},
    ]
    return {"text": chat.invoke([{"role": "user", "content": parts}]).text}


def embeddings(model):
    # Without this it counts tokens with a table that it downloads, and sends numbers in place of text.
    embedder = OpenAIEmbeddings(base_url=URL + "/v1", api_key=TOKEN, model=model, check_embedding_ctx_length=False)
    return {"vectors": [[round(x, 3) for x in one] for one in embedder.embed_documents(["first text", "second text"])]}


def openai(model, **more):
    return ChatOpenAI(base_url=URL + "/v1", api_key=TOKEN, model=model, stream_usage=True, **more)


def anthropic(model):
    return ChatAnthropic(base_url=URL, api_key=TOKEN, model=model, max_tokens=200)


BOTH = {
    "plain": plain,
    "stream": stream,
    "tools": tools,
    "stream_tools": stream_tools,
    "json_schema": json_schema,
    "image": image,
}
SCENARIOS = {
    "embeddings": embeddings,
    **{name: lambda model, run=run: run(openai(model)) for name, run in BOTH.items()},
    **{f"responses_{name}": lambda model, run=run: run(openai(model, use_responses_api=True)) for name, run in BOTH.items()},
    **{f"anthropic_{name}": lambda model, run=run: run(anthropic(model)) for name, run in BOTH.items()},
}
