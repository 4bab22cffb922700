"""kubernetes.py VERSION, manifests on standard input as a JSON list: what the schemas of that version of Kubernetes refuse.

Prints a JSON list of sentences. Members that the schemas do not know are refused too; kinds they do not know are named.
"""

import json
import sys

import kubernetes_validate

problems = []
for manifest in json.load(sys.stdin):
    name = f"{manifest.get('kind')}/{manifest.get('metadata', {}).get('name')}"
    try:
        kubernetes_validate.validate(manifest, sys.argv[1], strict=True)
    except (kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError) as refused:
        problems.append(f"{name}: {getattr(refused, 'message', refused)}")
print(json.dumps(problems))
