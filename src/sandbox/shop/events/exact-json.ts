/** Integers that a double may not hold. */
const LONG_INTEGER = /"(?:[^"\\]|\\.)*"|(?<![\d.])-?\d{16,}(?![\d.eE])/gu
const MARK = '\u0000big:'

/** Parses JSON with long integers as `bigint`, so that writing it again gives all their digits. */
export const exactJson = (text: string): unknown => {
  const marked = text.replace(LONG_INTEGER, (part) =>
    part.startsWith('"') ? part : JSON.stringify(MARK + part),
  )
  if (marked === text) return JSON.parse(text)
  return JSON.parse(marked, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value,
  )
}
