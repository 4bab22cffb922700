/** By case id: why the result is another than the source's. */
export const JSON_FAMILIES: Readonly<Record<string, string>> = {}
