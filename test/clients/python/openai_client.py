"""The OpenAI Python SDK against a gateway: chat, streams, tools, responses, errors. Prints a line a check; raises on the first that fails."""

import json
import sys

import openai

base_url, model = sys.argv[1], sys.argv[2]
client = openai.OpenAI(base_url=f"{base_url}/v1", api_key="unused", max_retries=0)
question = [{"role": "user", "content": "What is the weather in Paris?"}]
tools = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "Weather of a city",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        },
    }
]


def check(name: str, holds: bool) -> None:
    if not holds:
        raise AssertionError(name)
    print(name)


answer = client.chat.completions.create(model=model, messages=question)
check("a completion has text and usage", bool(answer.choices[0].message.content) and answer.usage.completion_tokens > 0)
check("its finish reason is stop", answer.choices[0].finish_reason == "stop")

pieces = []
usage = None
stream = client.chat.completions.create(
    model=model, messages=question, stream=True, stream_options={"include_usage": True}
)
for chunk in stream:
    usage = chunk.usage or usage
    if chunk.choices:
        pieces.append(chunk.choices[0].delta.content or "")
check("a stream has several pieces", len(pieces) > 3 and "".join(pieces) != "")
check("a stream that was asked for usage ends with it", usage is not None and usage.total_tokens > 0)

call = client.chat.completions.create(model=model, messages=question, tools=tools, tool_choice="required")
message = call.choices[0].message
check("a tool is called", message.tool_calls[0].function.name == "get_weather")
check("its arguments are JSON", "city" in json.loads(message.tool_calls[0].function.arguments))
result = {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "sunny"}
final = client.chat.completions.create(model=model, messages=[*question, message, result], tools=tools)
check("its result is answered", bool(final.choices[0].message.content))

with client.chat.completions.stream(model=model, messages=question, tools=tools, tool_choice="required") as events:
    for _ in events:
        pass
    helped = events.get_final_completion()
check("the stream helper assembles the call", helped.choices[0].message.tool_calls[0].function.name == "get_weather")

response = client.responses.create(model=model, input="What is the weather in Paris?")
check("a response has text and usage", response.output_text != "" and response.usage.output_tokens > 0)
with client.responses.stream(model=model, input="What is the weather in Paris?") as events:
    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    done = events.get_final_response()
check("a streamed response adds up", "".join(deltas) == done.output_text and done.status == "completed")

try:
    client.chat.completions.create(model="no/such-model", messages=question)
    check("an unknown model is refused", False)
except openai.NotFoundError as error:
    check("an unknown model is a NotFoundError", error.code == "model_not_found")
