{{- define "thalamus.name" -}}
{{- if contains "thalamus" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-thalamus" .Release.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "thalamus.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: gateway
{{- end }}

{{- define "thalamus.routerSelector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: router
{{- end }}

{{- define "thalamus.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "thalamus.image" -}}
{{- with .Values.image }}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{- define "thalamus.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}{{ .Values.serviceAccount.name | default (include "thalamus.name" .) }}{{ else }}{{ .Values.serviceAccount.name | default "default" }}{{ end }}
{{- end }}

{{- /* thalamus.yaml: `config`, and the router's pool where there is one. */ -}}
{{- define "thalamus.config" -}}
{{- $config := deepCopy .Values.config }}
{{- if .Values.routerPool.enabled }}
{{- $remote := dict "url" (printf "http://%s-router:8000" (include "thalamus.name" .)) "model" "thalamus-encoder" "timeout_ms" (int .Values.routerPool.timeoutMs) }}
{{- $config = mergeOverwrite $config (dict "router" (dict "device" "remote" "remote" $remote)) }}
{{- end }}
{{- toYaml $config }}
{{- end }}

{{- /* Seconds from the signal to stop to the end by force: drain_delay_ms + grace_ms and 15 seconds (docs/operations.md), after
the program's own where there is one: a sidecar is stopped last. */ -}}
{{- define "thalamus.graceSeconds" -}}
{{- $server := .Values.config.server }}
{{- $own := add (ceil (divf (addf ($server.drain_delay_ms | default 0) ($server.grace_ms | default 30000)) 1000)) 15 }}
{{- if .Values.app.containers }}{{ add $own .Values.app.graceSeconds }}{{ else }}{{ $own }}{{ end }}
{{- end }}

{{- define "thalamus.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "thalamus.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
capabilities: { drop: [ALL] }
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- /* The gateway's container; a list of one, for `containers` and for `initContainers`. */ -}}
{{- define "thalamus.container" -}}
{{- $scheme := ternary "HTTPS" "HTTP" (hasKey .Values.config.server "tls") -}}
- name: thalamus
  image: {{ include "thalamus.image" . }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  {{- if .Values.app.containers }}
  restartPolicy: Always
  {{- end }}
  ports:
    - { name: http, containerPort: {{ .Values.config.server.port }}, protocol: TCP }
  env:
    # Where files are, not what is in them. /run/secrets would be in the way of Kubernetes' own token.
    - { name: THALAMUS_SECRETS_DIR, value: /secrets }
    {{- with .Values.env }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  # In a sidecar, your program starts when this has succeeded.
  startupProbe:
    httpGet: { path: /readyz, port: http, scheme: {{ $scheme }} }
    periodSeconds: 1
    failureThreshold: 60
  livenessProbe:
    httpGet: { path: /healthz, port: http, scheme: {{ $scheme }} }
    periodSeconds: 10
    timeoutSeconds: 3
    failureThreshold: 3
  readinessProbe:
    httpGet: { path: /readyz, port: http, scheme: {{ $scheme }} }
    periodSeconds: 3
    timeoutSeconds: 2
    failureThreshold: 1
  resources:
    {{- toYaml .Values.resources | nindent 4 }}
  securityContext:
    {{- include "thalamus.containerSecurity" . | nindent 4 }}
  volumeMounts:
    - { name: thalamus-config, mountPath: /etc/thalamus, readOnly: true }
    - { name: thalamus-secrets, mountPath: /secrets, readOnly: true }
    - { name: thalamus-cache, mountPath: /cache }
    {{- with .Values.extraVolumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}
