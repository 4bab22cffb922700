"""helm.py CHART, values on standard input as JSON: what `helm lint --strict` and `helm template` of Helm v4 say, as JSON."""

import json
import sys

import yaml
from helm_python import Chart, HelmError, lint

chart, values = sys.argv[1], json.load(sys.stdin) or {}
findings = lint(chart, values, strict=True, namespace="llm")
try:
    with Chart.load(chart) as loaded:
        loaded.validate_schema(values)
        manifests = loaded.render(values, name="release", namespace="llm")
    texts = [text for path, text in manifests.items() if path.endswith(".yaml")]
    documents = [one for text in texts for one in yaml.safe_load_all(text) if one is not None]
    rendered = {"documents": documents}
except HelmError as refused:
    rendered = {"refused": str(refused)}
print(json.dumps({"lint": findings, **rendered}))
