/** Width that printed tables and paragraphs keep to. */
export const PAGE_WIDTH = 100

export type AlignOptions = Readonly<{
  indent?: string
  /** Columns from this one on hold numbers, which stand right. Default: none. */
  numbersFrom?: number
}>

/** Pads cells so that columns line up; no line has blanks at its end. */
export function align(
  rows: readonly (readonly string[])[],
  { indent = '', numbersFrom = Infinity }: AlignOptions = {},
): readonly string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length)
  }
  const pad = (cell: string, index: number): string =>
    index < numbersFrom ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)
  return rows.map((row) => `${indent}${row.map(pad).join('  ')}`.trimEnd())
}

/** Rows of a label and a text that may be long: it goes on in further lines under itself. */
export function definitions(
  rows: readonly (readonly [label: string, text: string])[],
  { indent = '' } = {},
): readonly string[] {
  const labelWidth = Math.max(0, ...rows.map(([label]) => label.length))
  const textWidth = PAGE_WIDTH - indent.length - labelWidth - 2
  return align(
    rows.flatMap(([label, text]) =>
      wrap(text, textWidth).map((line, index) => [index === 0 ? label : '', line]),
    ),
    { indent },
  )
}

/** Breaks a text into lines at its blanks. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
