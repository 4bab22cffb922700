/**
 * Keeps onnxruntime from reporting its use to its makers, which it does unasked: it writes an id of this machine into
 * the user's folder and sends to mobile.events.data.microsoft.com (1.30). Called on the main thread, before the library
 * is loaded: other threads have copies of the environment, and the library reads the process's own.
 */
export function keepLibraryQuiet(): void {
  process.env['ORT_DISABLE_TELEMETRY'] ??= '1'
}
