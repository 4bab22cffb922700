/** 32-bit floats, little-endian, in base64. https://platform.openai.com/docs/api-reference/embeddings/create#encoding_format */
export function floatsAsBase64(vector: readonly number[]): string {
  const view = new DataView(new ArrayBuffer(vector.length * 4))
  for (const [index, value] of vector.entries()) view.setFloat32(index * 4, value, true)
  return btoa(Array.from(new Uint8Array(view.buffer), (byte) => String.fromCharCode(byte)).join(''))
}

/** Whole numbers from -127 to 127, the largest component at an end. */
export function asInt8(vector: readonly number[]): number[] {
  const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return vector.map((value) => Math.round((value / largest) * 127))
}

/** A bit a component, eight in a number: 1 where it is positive. */
export function asBits(vector: readonly number[]): number[] {
  return Array.from({ length: Math.ceil(vector.length / 8) }, (_, at) =>
    vector.slice(at * 8, at * 8 + 8).reduce((bits, value, index) => bits | (value > 0 ? 128 >> index : 0), 0),
  )
}
