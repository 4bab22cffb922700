const LETTER = /[\p{L}\p{N}\p{M}]/u

/** True for what names of tools consist of, letters of any script among it, and the prefixes some models put before them. */
export function isNameUnit(unit: number): boolean {
  return (
    (unit >= 48 && unit <= 57) ||
    (unit >= 65 && unit <= 90) ||
    (unit >= 97 && unit <= 122) ||
    unit === 95 ||
    unit === 45 ||
    unit === 46 ||
    unit === 58 ||
    unit === 47 ||
    (unit > 127 && LETTER.test(String.fromCharCode(unit)))
  )
}

export const MAX_NAME_LENGTH = 256
