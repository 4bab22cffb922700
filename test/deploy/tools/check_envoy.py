"""check_envoy.py FILE: reads a bootstrap configuration into Envoy's own messages and prints it as JSON.

A member that Envoy does not know, or of another type, is an error. What only Envoy itself checks is not: bounds of numbers,
and whether clusters that are named exist.
"""

import json
import sys

import yaml
from envoy.config.bootstrap.v3.bootstrap_pb2 import Bootstrap
from envoy.extensions.access_loggers.stream.v3 import stream_pb2  # noqa: F401, found by its name
from envoy.extensions.filters.http.router.v3 import router_pb2  # noqa: F401
from envoy.extensions.filters.network.http_connection_manager.v3 import http_connection_manager_pb2  # noqa: F401
from envoy.extensions.transport_sockets.tls.v3 import tls_pb2  # noqa: F401
from envoy.extensions.upstreams.http.v3 import http_protocol_options_pb2  # noqa: F401
from google.protobuf import json_format

with open(sys.argv[1], encoding="utf8") as file:
    bootstrap = json_format.ParseDict(yaml.safe_load(file), Bootstrap())
print(json.dumps(json_format.MessageToDict(bootstrap, preserving_proto_field_name=True)))
