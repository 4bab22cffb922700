"""The Anthropic Python SDK against a gateway: messages, streams, tools, counting, errors. Prints a line a check; raises on the first that fails."""

import sys

import anthropic

base_url, model = sys.argv[1], sys.argv[2]
client = anthropic.Anthropic(base_url=base_url, api_key="unused", max_retries=0)
question = [{"role": "user", "content": "What is the weather in Paris?"}]
tools = [
    {
        "name": "get_weather",
        "description": "Weather of a city",
        "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    }
]


def check(name: str, holds: bool) -> None:
    if not holds:
        raise AssertionError(name)
    print(name)


answer = client.messages.create(model=model, max_tokens=500, messages=question)
check("a message has text and usage", answer.content[0].text != "" and answer.usage.output_tokens > 0)
check("its stop reason is end_turn", answer.stop_reason == "end_turn")

with client.messages.stream(model=model, max_tokens=500, messages=question) as stream:
    pieces = list(stream.text_stream)
    message = stream.get_final_message()
check("a stream has several pieces that add up", len(pieces) > 3 and "".join(pieces) == message.content[0].text)
check("a stream ends with usage", message.usage.output_tokens > 0)

call = client.messages.create(
    model=model, max_tokens=500, messages=question, tools=tools, tool_choice={"type": "any"}
)
use = next(block for block in call.content if block.type == "tool_use")
check("a tool is called", use.name == "get_weather" and "city" in use.input and call.stop_reason == "tool_use")
result = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": use.id, "content": "sunny"}]}
turns = [*question, {"role": "assistant", "content": call.content}, result]
final = client.messages.create(model=model, max_tokens=500, messages=turns, tools=tools)
check("its result is answered", final.content[0].text != "")

with client.messages.stream(
    model=model, max_tokens=500, messages=question, tools=tools, tool_choice={"type": "any"}
) as stream:
    streamed = stream.get_final_message()
check("a streamed call is assembled", any(block.type == "tool_use" and "city" in block.input for block in streamed.content))

counted = client.messages.count_tokens(model=model, messages=question)
check("tokens are counted", counted.input_tokens > 0)

try:
    client.messages.create(model="no/such-model", max_tokens=5, messages=question)
    check("an unknown model is refused", False)
except anthropic.NotFoundError:
    check("an unknown model is a NotFoundError", True)
